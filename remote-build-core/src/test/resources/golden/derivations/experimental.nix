let
  base = { system = "x86_64-linux"; builder = "/bin/sh"; };
  drv = attrs: derivation (base // attrs);
  ca = { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
in rec {
  plain = drv { name = "plain"; args = [ "-c" "echo hi > $out" ]; };
  floating = drv (ca // { name = "floating"; args = [ "-c" "echo hi > $out" ]; });
  floating-many = drv (ca // { name = "floating-many"; outputs = [ "out" "dev" ]; args = [ "-c" "echo hi > $out; echo ho > $dev" ]; });
  floating-flat = drv { __contentAddressed = true; outputHashMode = "flat"; outputHashAlgo = "sha1"; name = "floating-flat"; };
  floating-over-floating = drv (ca // { name = "floating-over-floating"; args = [ "-c" "echo ${floating} ${floating-many.dev} > $out" ]; });
  deferred = drv { name = "deferred"; outputs = [ "out" "doc" ]; args = [ "-c" "echo ${floating} ${floating-many.dev} ${plain} > $out; echo > $doc" ]; };
  deferred-twice = drv { name = "deferred-twice"; dep = deferred; docs = deferred.doc; };
  impure = drv { name = "impure"; __impure = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; args = [ "-c" "date > $out" ]; };
  over-impure = drv { name = "over-impure"; __impure = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; dep = impure; };
}
