let
  base = { system = "x86_64-linux"; builder = "/bin/sh"; };
  drv = attrs: derivation (base // attrs);
  text = { __contentAddressed = true; outputHashMode = "text"; outputHashAlgo = "sha256"; };
in rec {
  plain = drv { name = "plain"; args = [ "-c" "echo hi > $out" ]; };
  producer = drv (text // { name = "made.drv"; args = [ "-c" "echo not a derivation > $out" ]; });
  fixed-text = drv { name = "fixed-text"; outputHash = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"; outputHashAlgo = "sha256"; outputHashMode = "text"; };
  text-user = drv { name = "text-user"; dep = producer; };
  dynamic = drv { name = "dynamic"; dep = builtins.outputOf producer.outPath "out"; inherit plain; };
  dynamic-deep = drv { name = "dynamic-deep"; args = [ (builtins.outputOf (builtins.outputOf producer.outPath "x") "y") ]; also = producer; other = builtins.outputOf producer.outPath "out"; more = builtins.outputOf producer.outPath "dev"; };
  over-dynamic = drv { name = "over-dynamic"; dep = dynamic; };
  git = drv { name = "git"; __contentAddressed = true; outputHashMode = "git"; outputHashAlgo = "sha1"; };
  fixed-git = drv { name = "fixed-git"; outputHash = "ce013625030ba8dba906f756967f9e9ca394464a"; outputHashAlgo = "sha1"; outputHashMode = "git"; };
}
