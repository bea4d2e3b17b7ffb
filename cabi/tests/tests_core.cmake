# Units beside their source, the core on the injected clock, and a build with generations of 4 bits.
weir_test(host)
