# Stress, races and the host's environment. Most link the shared library, as a host does.
weir_library_test(races)
weir_library_test(fifo)
weir_library_test(churn)
weir_library_test(late_callbacks)
weir_library_test(handles)
weir_library_test(matrix)
weir_library_test(overflow)
weir_library_test(borrowed)
