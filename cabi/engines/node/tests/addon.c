/** addon.c: a native addon by Node-API, as an npm package has one; built for api_test. */
#include <node_api.h>

/** add(a, b): their sum, as a double. */
static napi_value add(napi_env env, napi_callback_info info) {
    size_t count = 2;
    napi_value arguments[2];
    double numbers[2] = {0, 0};
    napi_value sum = NULL;
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    for (size_t at = 0; at < 2; at++) {
        if (napi_get_value_double(env, arguments[at], &numbers[at]) != napi_ok) {
            napi_throw_type_error(env, NULL, "add takes two numbers");
            return NULL;
        }
    }
    napi_create_double(env, numbers[0] + numbers[1], &sum);
    return sum;
}

NAPI_MODULE_INIT() {
    napi_value function = NULL;
    napi_create_function(env, "add", NAPI_AUTO_LENGTH, add, NULL, &function);
    napi_set_named_property(env, exports, "add", function);
    return exports;
}
