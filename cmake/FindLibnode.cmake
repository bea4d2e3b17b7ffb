# Finds libnode, the Node library that the TypeScript engine links, with the headers of that very library.
#
# First below .deps/libnode, where scripts/bootstrap unpacks it beside another Node, then in the system. The C++ ABI holds
# for one SONAME, so headers count only when their NODE_MODULE_VERSION is the number of a libnode.so beside them: another
# Node's headers in /usr/include/node are passed over.
#
# Sets Libnode_FOUND, Libnode_VERSION (18.20.4), Libnode_ABI (108, as in libnode.so.108), Libnode_LIBRARY,
# Libnode_INCLUDE_DIR and Libnode_LIBRARY_DIR (for an rpath; empty when the system's linker finds the library by itself),
# and defines the target libnode::libnode.

set(_libnode_unpacked "${CMAKE_CURRENT_LIST_DIR}/../.deps/libnode")
cmake_path(NORMAL_PATH _libnode_unpacked)

# Sets `out` to the value of a #define in node_version.h.
function(_libnode_define text name out)
    string(REGEX MATCH "#define +${name} +([0-9]+)" _ "${text}")
    set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

foreach(_libnode_root IN ITEMS "${_libnode_unpacked}" "")
    set(_libnode_header "${_libnode_root}/usr/include/node/node_version.h")
    if(NOT EXISTS "${_libnode_header}" OR NOT EXISTS "${_libnode_root}/usr/include/node/node.h")
        continue()
    endif()
    file(READ "${_libnode_header}" _libnode_text)
    _libnode_define("${_libnode_text}" NODE_MODULE_VERSION Libnode_ABI)
    # In a multiarch folder, in lib64, or in lib; the newest name of them does not matter, the SONAME's number does.
    unset(Libnode_LIBRARY CACHE)
    find_file(
        Libnode_LIBRARY "libnode.so.${Libnode_ABI}" NO_CACHE NO_DEFAULT_PATH
        PATHS "${_libnode_root}/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}" "${_libnode_root}/usr/lib64"
              "${_libnode_root}/usr/lib")
    if(NOT Libnode_LIBRARY)
        continue()
    endif()
    set(Libnode_INCLUDE_DIR "${_libnode_root}/usr/include/node")
    set(Libnode_LIBRARY_DIR "")
    if(_libnode_root)
        cmake_path(GET Libnode_LIBRARY PARENT_PATH Libnode_LIBRARY_DIR)
    endif()
    _libnode_define("${_libnode_text}" NODE_MAJOR_VERSION _libnode_major)
    _libnode_define("${_libnode_text}" NODE_MINOR_VERSION _libnode_minor)
    _libnode_define("${_libnode_text}" NODE_PATCH_VERSION _libnode_patch)
    set(Libnode_VERSION "${_libnode_major}.${_libnode_minor}.${_libnode_patch}")
    break()
endforeach()

# libnode loads libuv, and the engine runs its loop: the headers of libnode do not bring those of libuv.
find_library(Libnode_UV_LIBRARY uv)
find_path(Libnode_UV_INCLUDE_DIR uv.h NO_CMAKE_SYSTEM_PATH PATHS /usr/include /usr/local/include)
mark_as_advanced(Libnode_UV_LIBRARY Libnode_UV_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
    Libnode REQUIRED_VARS Libnode_LIBRARY Libnode_INCLUDE_DIR Libnode_UV_LIBRARY Libnode_UV_INCLUDE_DIR
    VERSION_VAR Libnode_VERSION
    REASON_FAILURE_MESSAGE "install libnode-dev, or run node scripts/bootstrap.mjs")

if(Libnode_FOUND AND NOT TARGET libnode::libnode)
    add_library(libnode::libnode SHARED IMPORTED)
    set_target_properties(
        libnode::libnode PROPERTIES IMPORTED_LOCATION "${Libnode_LIBRARY}" IMPORTED_SONAME "libnode.so.${Libnode_ABI}"
                                    INTERFACE_INCLUDE_DIRECTORIES "${Libnode_INCLUDE_DIR}")
    # libnode is built without run-time type information.
    target_compile_options(libnode::libnode INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
    target_link_libraries(libnode::libnode INTERFACE "${Libnode_UV_LIBRARY}")
endif()
