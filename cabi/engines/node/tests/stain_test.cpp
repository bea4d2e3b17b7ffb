/**
 * What an owner leaves in an environment, the next owner of the slot does not find: under
 * `environment` never, under `instance` since an unclean environment is built anew and counted. A
 * clean owner costs no rebuild.
 */
#include "node_host.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace {

using namespace weir::node_testing;

struct Stain {
    const char *name;
    const char *dirty; ///< what owner A runs
    const char *look;  ///< what owner B runs: true when it sees none of it
};

std::ostream &operator<<(std::ostream &out, const Stain &stain) { return out << stain.name; }

const Stain stains[] = {
    {"global", "globalThis.left = 1", "return !('left' in globalThis)"},
    {"global_by_symbol", "globalThis[Symbol.for('left')] = 1",
     "return !(Symbol.for('left') in globalThis)"},
    {"global_replaced", "globalThis.fetch = () => 'mine'", "return fetch.name === 'fetch'"},
    {"global_deleted", "delete globalThis.setTimeout", "return typeof setTimeout === 'function'"},
    {"builtin_replaced", "JSON.parse = () => 'mine'", "return JSON.parse('1') === 1"},
    {"math", "Math.random = () => 4", "return Math.random() !== 4"},
    {"prototype_added", "Object.prototype.left = 1", "return ({}).left === undefined"},
    {"prototype_replaced", "Array.prototype.map = () => 'mine'",
     "return [1].map((x) => x)[0] === 1"},
    {"prototype_deleted", "delete String.prototype.trim", "return ' a '.trim() === 'a'"},
    {"accessor_replaced",
     "Object.defineProperty(Map.prototype, 'size', { get: () => 42, configurable: true })",
     "return new Map().size === 0"},
    {"frozen_prototype", "Object.freeze(Array.prototype)",
     "return !Object.isFrozen(Array.prototype)"},
    {"prototype_of_prototype", "Object.setPrototypeOf(Array.prototype, { left: 1 })",
     "return [].left === undefined"},
    {"iterator", "Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true })",
     "return [...[1]].length === 1"},
    {"generator_function", "Object.getPrototypeOf(function* () {}).left = 1",
     "return (function* () {}).left === undefined"},
    {"buffer", "Buffer.prototype.left = 1", "return Buffer.alloc(1).left === undefined"},
    {"typed_array", "Object.getPrototypeOf(Uint8Array.prototype).left = 1",
     "return new Uint8Array(1).left === undefined"},
    {"console", "console.log = () => 'mine'", "return console.log() === undefined"},
    {"process_property", "process.left = 1", "return process.left === undefined"},
    {"process_next_tick", "process.nextTick = () => {}",
     "return new Promise((yes) => process.nextTick(yes, true))"},
    {"environment_variable", "process.env.WEIR_LEFT = '1'", "return !('WEIR_LEFT' in process.env)"},
    {"environment_replaced", "process.env = { LEFT: '1' }", "return !('LEFT' in process.env)"},
    {"environment_deleted", "delete process.env.PATH", "return 'PATH' in process.env"},
    {"listener", "process.on('warning', () => {})",
     "return process.listenerCount('warning') === 1"},
    {"listener_of_errors", "process.on('uncaughtException', () => {})",
     "return process.listenerCount('uncaughtException') === 1"},
    {"listeners_removed", "process.removeAllListeners('uncaughtException')",
     "return process.listenerCount('uncaughtException') === 1"},
    {"module_of_node_changed", "require('fs').left = 1", "return require('fs').left === undefined"},
    {"function_of_node_replaced", "require('fs').readFileSync = () => 'mine'",
     "return require('fs').readFileSync('/dev/null').length === 0"},
    {"class_of_node_changed", "require('events').prototype.left = 1",
     "return new (require('events'))().left === undefined"},
    {"interval", "setInterval(() => { globalThis.ticked = true }, 1)",
     "return later(30).then(() => !globalThis.ticked)"},
    {"timeout", "setTimeout(() => { globalThis.ticked = true }, 300)",
     "return later(500).then(() => !globalThis.ticked)"},
    {"timeout_unref", "setTimeout(() => { globalThis.ticked = true }, 300).unref()",
     "return later(500).then(() => !globalThis.ticked)"},
    {"immediate_chain",
     "const again = () => setImmediate(() => { globalThis.n = (globalThis.n ?? 0)"
     " + 1; again() }); again()",
     "return later(30).then(() => globalThis.n === undefined)"},
    {"abort_signal_timeout", "AbortSignal.timeout(60000); return 1", "return true"},
    {"open_file", "require('fs').openSync('/dev/null')", "return true"},
    {"open_file_handle",
     "return require('fs').promises.open('/dev/null').then((file) => {"
     "  shared.file = file; return 1 })",
     "return true"},
    {"file_watcher", "require('fs').watch('/tmp', () => {})", "return true"},
    {"listening_socket",
     "return new Promise((yes) => { require('net').createServer().listen(0, "
     "'127.0.0.1', yes) }).then(() => 1)",
     "return true"},
    {"udp_socket",
     "return new Promise((yes) => require('dgram').createSocket('udp4').bind(0, yes))"
     ".then(() => 1)",
     "return true"},
    {"worker_thread",
     "new (require('worker_threads').Worker)('setInterval(() => {}, 1000)', "
     "{ eval: true }); return later(100)",
     "return true"},
    {"message_channel",
     "const { port1 } = new MessageChannel(); port1.onmessage = () => {};"
     "shared.port = port1",
     "return true"},
    {"async_hook", "require('async_hooks').createHook({ init() {} }).enable()", "return true"},
};

class Stains : public testing::TestWithParam<Stain> {};

std::string name_of(const testing::TestParamInfo<Stain> &stain) { return stain.param.name; }

void one_slot(weir_pool_options &options) {
    hurry(options);
    options.max_slots = 1;
}

void two_owners(Host &host, const Stain &stain) {
    const auto descriptors = [&] { return weir::stress::descriptors(); };
    {
        Context clean(host);
        EXPECT_EQ(clean.run("return later(1)"), "OK");
        clean.destroy();
    }
    EXPECT_TRUE(host.is_whole());
    const size_t before = descriptors();
    {
        Context owner(host);
        const std::string answer = owner.run(stain.dirty);
        EXPECT_EQ(answer.find("OK"), 0u) << answer;
        owner.destroy();
    }
    Context next(host);
    EXPECT_EQ(next.run(stain.look), "OK true");
    next.destroy();
    EXPECT_TRUE(host.is_whole());
    EXPECT_TRUE(eventually([&] { return descriptors() <= before; }))
        << before << " descriptors before, then " << descriptors();
}

TEST_P(Stains, are_not_seen_by_the_next_owner_of_an_environment_of_its_own) {
    Host host(Tweak(one_slot) +
              [](weir_pool_options &options) { options.isolation = WEIR_ISOLATION_ENVIRONMENT; });
    two_owners(host, GetParam());
    EXPECT_EQ(host.stats().slots_built, 1u);
}

TEST_P(Stains, make_a_slot_be_built_anew_and_counted) {
    Host host(one_slot);
    two_owners(host, GetParam());
    EXPECT_EQ(host.stats().environments_rebuilt, 1u);
    EXPECT_EQ(host.stats().slots_built, 1u);
}

INSTANTIATE_TEST_SUITE_P(Of, Stains, testing::ValuesIn(stains), name_of);

TEST(Stain, a_module_that_was_required_is_not_in_the_cache_of_the_next_owner) {
    for (const uint32_t isolation : {WEIR_ISOLATION_INSTANCE, WEIR_ISOLATION_ENVIRONMENT}) {
        Host host(Tweak(one_slot) +
                  [isolation](weir_pool_options &options) { options.isolation = isolation; });
        host.folder.write("counter.js", "exports.count = 0; exports.next = () => ++exports.count;");
        const std::string code = "return require('./counter.js').next()";
        for (int round = 0; round < 2; round++) {
            Context owner(host);
            EXPECT_EQ(owner.run(code), "OK 1");
            EXPECT_EQ(owner.run(code), "OK 2");
            owner.destroy();
        }
        EXPECT_TRUE(host.is_whole());
        EXPECT_EQ(host.stats().environments_rebuilt, 2u);
    }
}

TEST(Stain, a_port_that_was_left_open_can_be_bound_again) {
    for (const uint32_t isolation : {WEIR_ISOLATION_INSTANCE, WEIR_ISOLATION_ENVIRONMENT}) {
        Host host(Tweak(one_slot) +
                  [isolation](weir_pool_options &options) { options.isolation = isolation; });
        Context owner(host);
        const std::string port =
            owner.run("const server = require('net').createServer(() => {});"
                      "return new Promise((yes) => server.listen(0, '127.0.0.1', () => "
                      "yes(server.address().port)))");
        ASSERT_EQ(port.find("OK "), 0u) << port;
        owner.destroy();
        const auto bound = [&] {
            const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in address = {};
            address.sin_family = AF_INET;
            address.sin_port = htons(static_cast<uint16_t>(std::stoi(port.substr(3))));
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            const int status =
                bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof address);
            close(listener);
            return status == 0;
        };
        EXPECT_TRUE(eventually(bound));
        Context next(host);
        EXPECT_EQ(next.run("const server = require('net').createServer();"
                           "return new Promise((yes) => server.listen(" +
                           port.substr(3) +
                           ", '127.0.0.1', () => server.close(() => yes('bound'))))"),
                  "OK bound");
    }
}

TEST(Stain, clean_owners_cost_no_rebuild) {
    Host host(one_slot);
    constexpr int cycles = scaled(1'000);
    for (int cycle = 0; cycle < cycles; cycle++) {
        Context owner(host, "return { kept: [] }");
        ASSERT_EQ(owner.run("state.kept.push(1); return 1"), "OK 1");
        ASSERT_EQ(owner.destroy().abandoned, 0u);
    }
    EXPECT_TRUE(host.is_whole());
    EXPECT_EQ(host.stats().environments_rebuilt, 0u);
    EXPECT_EQ(host.stats().slots_built, 1u);
}

class CleanUse : public testing::TestWithParam<const char *> {};

TEST_P(CleanUse, of_what_has_ended_costs_no_rebuild) {
    Host host(one_slot);
    for (int cycle = 0; cycle < 5; cycle++) {
        Context owner(host);
        const std::string answer = owner.run(GetParam());
        ASSERT_EQ(answer.find("OK"), 0u) << answer;
        owner.destroy();
        EXPECT_TRUE(host.is_whole());
    }
    EXPECT_EQ(host.stats().environments_rebuilt, 0u) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(
    Use, CleanUse,
    testing::Values(
        "return later(5)", "return later(5).then(() => later(5))",
        "const timer = setInterval(() => {}, 1); return later(10).then(() => clearInterval(timer))",
        "clearTimeout(setTimeout(() => {}, 60000))",
        "return new Promise(setImmediate).then(() => 1)",
        "return require('fs').promises.readFile('/dev/null')",
        "const fs = require('fs'); fs.closeSync(fs.openSync('/dev/null'))",
        "return require('crypto').createHash('sha256').update('x').digest('hex')",
        "const c = require('crypto'); return new Promise((yes) => c.pbkdf2('a', 'b', 10, 16, "
        "'sha1', "
        "() => yes(1)))",
        "return require('crypto').webcrypto.subtle.digest('SHA-256', bytes('x')).then(() => 1)",
        "return require('zlib').gzipSync('x'.repeat(1000)).length",
        "return new Promise((yes) => require('zlib').gzip('x', () => yes(1)))",
        "const s = require('net').createServer(); return new Promise((yes) => s.listen(0, "
        "'127.0.0.1', () => s.close(() => yes(1))))",
        "console.log(''); return 1", "return new URL('http://a/b').pathname",
        "return bring('path').then(({ join }) => join('a', 'b'))",
        "return structuredClone({ a: 1 }).a", "return new TextDecoder().decode(bytes('x'))",
        "new (require('events'))().on('x', () => {}); return 1",
        "const { AsyncLocalStorage } = require('async_hooks'); const s = new AsyncLocalStorage();"
        "return s.run(1, () => later(1, s.getStore()))",
        "return call.signal.aborted", "return Promise.reject(new Error('x')).catch(() => 1)",
        "return require('util').inspect({ a: [1] })",
        "return new Intl.NumberFormat('de').format(1.5)",
        "return [3, 1].sort().map(String).join().replace(/,/g, '')",
        "return require('os').cpus().length",
        "return require('stream').Readable.from(['a']).toArray"
        "().then((all) => all.length)",
        "return bytes('text').toString('base64')", "return performance.now() > 0",
        "return new Date().toLocaleString('en-GB').length > 0"));

} // namespace
