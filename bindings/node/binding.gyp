# What a consumer's installation compiles where no prebuilt addon loads: the core and the addon, side
# by side in build/Release. core/ is a copy of the core's sources, which `npm pack` makes.
{
  "target_defaults": {
    "cflags": ["-fvisibility=hidden", "-flto"],
    "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
    "cflags_cc": [
      "-std=c++20", "-fvisibility-inlines-hidden", "-fno-exceptions", "-fno-rtti",
    ],
    "include_dirs": ["core/include"],
    "ldflags": ["-flto=auto"],
  },
  "targets": [
    {
      "target_name": "weir",
      "type": "shared_library",
      "product_dir": "<(PRODUCT_DIR)",
      "product_name": "libweir",
      "product_extension": "so.0",
      "sources": ["<!@(node list-sources.mjs core/src)"],
      "include_dirs": ["core/src", "core/generated"],
      "cflags_cc": ["-fno-threadsafe-statics"],
      "ldflags": [
        "-static-libstdc++", "-static-libgcc",
        "-Wl,--version-script=<(module_root_dir)/core/weir.map",
        "-Wl,-z,nodelete,-z,now,-z,relro,-z,defs", "-Wl,-Bsymbolic-functions", "-Wl,--gc-sections",
      ],
    },
    {
      "target_name": "weir_addon",
      "dependencies": ["weir"],
      "sources": ["<!@(node list-sources.mjs native)"],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": [
        "NAPI_VERSION=8", "NAPI_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED",
      ],
      "ldflags": ["-Wl,-rpath,'$$ORIGIN'"],
    },
  ],
}
