# Reads WEIR_VERSION (and _MAJOR, _MINOR, _PATCH) from package.json, and writes the header that C++ includes.

set(_weir_package_json "${CMAKE_CURRENT_LIST_DIR}/../package.json")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${_weir_package_json}")

file(READ "${_weir_package_json}" _weir_package_text)
string(JSON WEIR_VERSION GET "${_weir_package_text}" version)
if(NOT WEIR_VERSION MATCHES "^([0-9]+)\\.([0-9]+)\\.([0-9]+)$")
    message(FATAL_ERROR "package.json: version '${WEIR_VERSION}' is not of the form 1.2.3")
endif()
set(WEIR_VERSION_MAJOR "${CMAKE_MATCH_1}")
set(WEIR_VERSION_MINOR "${CMAKE_MATCH_2}")
set(WEIR_VERSION_PATCH "${CMAKE_MATCH_3}")

set(_weir_version_template "${CMAKE_CURRENT_LIST_DIR}/version.h.in")

# Use it as #include <weir/version.h> with ${CMAKE_BINARY_DIR}/generated in the include path. Not an installed header.
function(weir_write_version_header path)
    configure_file("${_weir_version_template}" "${path}" @ONLY)
endfunction()
