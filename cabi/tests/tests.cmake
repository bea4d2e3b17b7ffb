weir_test(smoke)
