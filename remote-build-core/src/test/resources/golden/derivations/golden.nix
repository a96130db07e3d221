let
  base = { system = "x86_64-linux"; builder = "/bin/sh"; };
  drv = attrs: derivation (base // attrs);
in rec {
  plain = drv { name = "plain"; args = [ "-c" "echo hi > $out" ]; };
  fixed-flat = drv { name = "fixed-flat"; outputHash = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"; outputHashAlgo = "sha256"; outputHashMode = "flat"; args = [ "-c" "echo hello > $out" ]; };
  fixed-recursive = drv { name = "fixed-recursive"; outputHash = "04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw"; outputHashAlgo = "sha256"; outputHashMode = "recursive"; };
  fixed-recursive-sha1 = drv { name = "fixed-recursive-sha1"; outputHash = "f572d396fae9206628714fb2ce00f72e94f2258f"; outputHashAlgo = "sha1"; outputHashMode = "recursive"; };
  fixed-flat-md5 = drv { name = "fixed-flat-md5"; outputHash = "b1946ac92492d2347c6235b4d2611184"; outputHashAlgo = "md5"; };
  fixed-flat-sha512 = drv { name = "fixed-flat-sha512"; outputHash = "sha512-58IitxpyTb4t++y7QNhAiSR89u/qqZbFzW+vDohZ+3zWnEvPiVjFHMRBPv+4ztGsNyU4fP/CUzaVbtnMOjO4tA=="; };
  # The same content got in another way: its hash as an input has to be the same.
  fixed-other = drv { name = "fixed-flat"; outputHash = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"; outputHashAlgo = "sha256"; outputHashMode = "flat"; args = [ "-c" "echo other way; echo hello > $out" ]; needs = plain; };
  many = drv { name = "many"; outputs = [ "out" "dev" "man" "lib" ]; args = [ "-c" "for o in $outputs; do echo $o > \${!o}; done" ]; };
  first-is-dev = drv { name = "first-is-dev"; outputs = [ "dev" "bin" ]; };
  diamond-left = drv { name = "diamond-left"; inherit plain; };
  diamond-right = drv { name = "diamond-right"; inherit plain; manDev = many.dev; };
  diamond = drv { name = "diamond"; args = [ diamond-left diamond-right many.man many.lib ]; inherit fixed-flat; };
  over-fixed = drv { name = "over-fixed"; one = fixed-flat; };
  over-both = drv { name = "over-both"; one = fixed-flat; two = fixed-other; three = fixed-recursive; };
  sources = drv { name = "sources"; script = builtins.toFile "script.sh" "echo hello"; nested = builtins.toFile "nested" "see ${builtins.toFile "inner" "x"}"; src = ./source; };
  exotic = drv {
    name = "exotic+-._=name"; builder = "/bin/s\"h \\ü"; system = "weird ü system";
    args = [ "" "quote \" backslash \\ newline \n return \r tab \t dollar $x" "ünïcödé ✓ 𝄞" (builtins.readFile ./latin1) ];
    "key with \"quotes\"" = "x"; "ключ" = "значение"; latin1 = builtins.readFile ./latin1; empty = ""; bell = builtins.readFile ./bell;
    list = [ 1 2 "three" null true false ]; t = true; f = false; n = null; i = -5;
  };
  structured = drv {
    name = "structured"; __structuredAttrs = true; outputs = [ "out" "dev" ];
    requiredSystemFeatures = [ "kvm" "big-parallel" ]; preferLocalBuild = true; allowSubstitutes = false;
    nested = { a = [ 1 2 { b = null; } ]; s = "ü\n\"\\"; }; dep = plain; n = 1.5;
  };
  options = drv { name = "options"; requiredSystemFeatures = [ "kvm" "nixos-test" ]; preferLocalBuild = true; allowSubstitutes = false; __noChroot = true; impureEnvVars = [ "http_proxy" "https_proxy" ]; };
  options-false = drv { name = "options-false"; requiredSystemFeatures = [ ]; preferLocalBuild = false; allowSubstitutes = "true"; };
  drv-of-drv = drv { name = "drv-of-drv"; file = many.drvPath; };
  drv-text-only = drv { name = "drv-text-only"; file = builtins.unsafeDiscardOutputDependency many.drvPath; };
  builtin = derivation { name = "builtin"; system = "builtin"; builder = "builtin:fetchurl"; url = "http://example.org/x"; outputHash = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"; outputHashAlgo = "sha256"; };
}
