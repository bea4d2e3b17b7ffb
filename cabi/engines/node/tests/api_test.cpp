/** Node's API as libraries use it, and what of it is refused since the process is the host's. */
#include "node_host.hpp"

#include <climits>

#include <fcntl.h>
#include <sys/wait.h>

namespace {

using namespace weir::node_testing;

struct Use {
    const char *name;
    const char *code;
    const char *answer;
};

std::ostream &operator<<(std::ostream &out, const Use &use) { return out << use.name; }

class Api : public testing::TestWithParam<Use> {};

TEST_P(Api, works) {
    Host host;
    host.folder.write("required.js", "module.exports = { name: __filename.split('/').pop() }");
    host.folder.write("imported.mjs",
                      "import { join } from 'node:path'; export default join('a', 'b')");
    host.folder.write("data.json", R"({"answer":42})");
    host.folder.write("worker.js", "const { parentPort, workerData } = require('worker_threads');"
                                   "parentPort.postMessage(workerData * 2);");
    Context context(host);
    EXPECT_EQ(context.run(GetParam().code, 20'000), GetParam().answer);
}

INSTANTIATE_TEST_SUITE_P(
    Of, Api,
    testing::Values(
        Use{"timers",
            "const { setTimeout: wait } = require('timers/promises');"
            "return wait(5, 'waited')",
            "OK waited"},
        Use{"timer_order",
            "return new Promise((yes) => { const seen = []; const see = (x) => () => {"
            "  seen.push(x); if (seen.length === 4) yes(seen) };"
            "setTimeout(see('timer'), 1); setImmediate(see('immediate'));"
            "process.nextTick(see('tick')); Promise.resolve().then(see('promise'))"
            "}).then((seen) => seen.slice(0, 2))",
            R"(OK ["tick","promise"])"},
        Use{"fs_sync",
            "return JSON.parse(require('fs').readFileSync("
            "require.resolve('./data.json'))).answer",
            "OK 42"},
        Use{"fs_callback",
            "const fs = require('fs'); return new Promise((yes) => "
            "fs.readFile(require.resolve('./data.json'), 'utf8', (e, d) => yes(d)))",
            R"(OK {"answer":42})"},
        Use{"fs_promises",
            "return require('fs/promises').readFile(require.resolve('./data.json'), "
            "'utf8')",
            R"(OK {"answer":42})"},
        Use{"fs_streams",
            "const fs = require('fs'); return new Promise((yes) => { let size = 0;"
            "fs.createReadStream('/proc/self/exe', { end: 99999 })"
            ".on('data', (d) => size += d.length).on('end', () => yes(size)) })",
            "OK 100000"},
        Use{"crypto",
            "return require('crypto').createHash('sha256').update('abc').digest('hex')"
            ".slice(0, 8)",
            "OK ba7816bf"},
        Use{"crypto_async",
            "return require('util').promisify(require('crypto').scrypt)('a', 'b', 16)"
            ".then((key) => key.length)",
            "OK 16"},
        Use{"web_crypto",
            "return require('crypto').webcrypto.subtle.digest('SHA-1', bytes('abc'))"
            ".then((d) => Buffer.from(d).toString('hex').slice(0, 8))",
            "OK a9993e36"},
        Use{"zlib",
            "const z = require('zlib'); return require('util').promisify(z.gzip)("
            "'x'.repeat(1e5)).then((p) => z.gunzipSync(p).length)",
            "OK 100000"},
        Use{"fetch",
            "const server = require('http').createServer((q, s) => s.end('hello ' + q.url));"
            "return new Promise((yes) => server.listen(0, '127.0.0.1', yes)).then(() =>"
            "fetch('http://127.0.0.1:' + server.address().port + '/path'))"
            ".then((r) => r.text()).finally(() => server.close())",
            "OK hello /path"},
        Use{"fetch_that_is_aborted",
            "const server = require('http').createServer(() => {});"
            "return new Promise((yes) => server.listen(0, '127.0.0.1', yes)).then(() =>"
            "fetch('http://127.0.0.1:' + server.address().port, { signal: AbortSignal.timeout(50) "
            "}))"
            ".catch((error) => error.name)",
            "OK TimeoutError"},
        Use{"sockets",
            "const net = require('net'); return new Promise((yes) => {"
            "const server = net.createServer((s) => s.pipe(s)).listen(0, () => {"
            "const c = net.connect(server.address().port, () => c.end('echo'));"
            "c.on('data', (d) => { server.close(); yes(String(d)) }) }) })",
            "OK echo"},
        Use{"dns",
            "return require('dns/promises').lookup('localhost').then(({ address }) => "
            "address === '127.0.0.1' || address === '::1')",
            "OK true"},
        Use{"worker_threads",
            "const { Worker } = require('worker_threads');"
            "return new Promise((yes, no) => new Worker("
            "require.resolve('./worker.js'), { workerData: 21 })"
            ".on('message', yes).on('error', no))",
            "OK 42"},
        Use{"worker_that_is_ended",
            "const { Worker } = require('worker_threads');"
            "const w = new Worker('for (;;);', { eval: true });"
            "return later(100).then(() => w.terminate())",
            "OK 1"},
        Use{"worker_that_exits",
            "const { Worker } = require('worker_threads');"
            "return new Promise((yes) => new Worker('process.exit(7)', "
            "{ eval: true }).on('exit', yes))",
            "OK 7"},
        Use{"require_builtin", "return require('node:path').join('a', 'b')", "OK a/b"},
        Use{"require_file", "return require('./required.js').name", "OK required.js"},
        Use{"require_json", "return require('./data.json').answer", "OK 42"},
        Use{"require_missing", "try { require('./missing.js') } catch (e) { return e.code }",
            "OK MODULE_NOT_FOUND"},
        Use{"import_builtin", "return bring('node:path').then(({ join }) => join('a', 'b'))",
            "OK a/b"},
        Use{"import_file", "return bring('./imported.mjs').then((m) => m.default)", "OK a/b"},
        Use{"import_commonjs", "return bring('./required.js').then((m) => m.default.name)",
            "OK required.js"},
        Use{"import_absolute",
            "return bring('file://' + require.resolve('./imported.mjs'))"
            ".then((m) => m.default)",
            "OK a/b"},
        Use{"web_streams", "return new Response(new Blob(['a', 'b']).stream()).text()", "OK ab"},
        Use{"url", "return new URL('../b', 'http://h/a/c').href", "OK http://h/b"},
        Use{"intl", "return new Intl.NumberFormat('de').format(1234.5)", "OK 1.234,5"},
        Use{"wasm",
            "return WebAssembly.instantiate(Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]))"
            ".then(() => 'wasm')",
            "OK wasm"},
        Use{"async_storage",
            "const { AsyncLocalStorage } = require('async_hooks');"
            "const s = new AsyncLocalStorage();"
            "return s.run('kept', () => later(5).then(() => s.getStore()))",
            "OK kept"},
        Use{"message_channel",
            "const { port1, port2 } = new MessageChannel();"
            "return new Promise((yes) => { port2.onmessage = (m) => { yes(m.data); "
            "port2.close() }; port1.postMessage('posted') })",
            "OK posted"},
        Use{"vm", "return require('vm').runInNewContext('1 + 1')", "OK 2"},
        Use{"weak_references", "return new WeakRef({}).deref() !== undefined", "OK true"},
        Use{"perf_hooks", "return require('perf_hooks').performance.now() > 0", "OK true"},
        Use{"shared_memory",
            "const a = new Int32Array(new SharedArrayBuffer(4));"
            "return Atomics.add(a, 0, 5) + Atomics.load(a, 0)",
            "OK 5"}),
    [](const auto &use) { return std::string(use.param.name); });

TEST(Api, one_context_serves_http_to_another) {
    Host host;
    Context server(host);
    const std::string port =
        server.run("const s = require('http').createServer((q, r) => {"
                   "  r.setHeader('x-seen', q.headers['x-sent']); q.pipe(r) });"
                   "return new Promise((yes) => s.listen(0, '127.0.0.1', () => "
                   "yes(s.address().port)))");
    ASSERT_EQ(port.find("OK "), 0u) << port;
    Context client(host);
    EXPECT_EQ(client.run("return fetch('http://127.0.0.1:" + port.substr(3) +
                             "', { method: 'POST', body: 'x'.repeat(200000), headers: "
                             "{ 'x-sent': 'head' } }).then(async (r) => "
                             "r.headers.get('x-seen') + (await r.text()).length)",
                         20'000),
              "OK head200000");
}

// ---- what is the host's ----

class Refused : public testing::TestWithParam<const char *> {};

TEST_P(Refused, is_an_error_that_says_so) {
    Host host;
    Context context(host);
    const std::string answer = context.run(GetParam(), 10'000);
    EXPECT_EQ(answer.find("HANDLER"), 0u) << answer;
    EXPECT_NE(answer.find("is refused in a weir library"), std::string::npos) << answer;
    EXPECT_EQ(context.run("return 1"), "OK 1");
}

INSTANTIATE_TEST_SUITE_P(
    Of, Refused,
    testing::Values("process.on('SIGTERM', () => {})", "process.once('SIGINT', () => {})",
                    "process.addListener('SIGCHLD', () => {})",
                    "process.kill(process.pid, 'SIGTERM')", "process.kill(0, 0)",
                    "process.chdir('/')", "process.umask(0)", "process.setuid(0)",
                    "process.setgroups([])", "require('child_process').spawn('true')",
                    "require('node:child_process').execSync('true')",
                    "const { fork } = require('child_process'); fork('x')",
                    "require('cluster').fork()", "require('os').setPriority(5)",
                    "require('v8').setFlagsFromString('--expose-gc')",
                    "return bring('child_process').then((m) => m.default.spawn('true'))"));

TEST(Guest, the_hosts_environment_is_read_and_not_written) {
    setenv("WEIR_TEST_GIVEN", "given", 1);
    Host host;
    Context context(host);
    EXPECT_EQ(context.run("return process.env.WEIR_TEST_GIVEN"), "OK given");
    EXPECT_EQ(
        context.run("process.env.WEIR_TEST_GIVEN = 'changed'; process.env.WEIR_TEST_NEW = 'new';"
                    "return process.env.WEIR_TEST_GIVEN"),
        "OK changed");
    EXPECT_STREQ(getenv("WEIR_TEST_GIVEN"), "given");
    EXPECT_EQ(getenv("WEIR_TEST_NEW"), nullptr);
}

TEST(Guest, the_hosts_folder_and_mask_are_as_they_were) {
    char before[PATH_MAX] = {};
    ASSERT_NE(getcwd(before, sizeof before), nullptr);
    const mode_t mask = umask(022);
    Host host;
    Context context(host);
    EXPECT_EQ(context.run("return process.cwd()"), "OK " + std::string(before));
    EXPECT_EQ(context.run("return process.umask()"), "OK 18");
    context.run("process.chdir('/')");
    context.run("process.umask(0)");
    char after[PATH_MAX] = {};
    ASSERT_NE(getcwd(after, sizeof after), nullptr);
    EXPECT_STREQ(before, after);
    EXPECT_EQ(umask(mask), mode_t{022});
}

/** A piece of this program as a process of its own: what it writes comes back by pipes. */
TEST(Piece, DISABLED_prints) {
    const int before = fcntl(1, F_GETFL);
    Host host;
    Context context(host);
    EXPECT_EQ(context.run("console.log('from %s', 'log'); console.error('from error');"
                          "process.stdout.write('from write\\n'); console.table; return 1"),
              "OK 1");
    EXPECT_EQ(context.run("process.stdout.write('x'.repeat(3e5) + '\\n')"), "OK");
    EXPECT_EQ(fcntl(1, F_GETFL), before) << "O_NONBLOCK is the host's to choose";
    EXPECT_EQ(fcntl(1, F_GETFL) & O_NONBLOCK, 0);
}

TEST(Guest, prints_to_the_hosts_descriptors_without_changing_them) {
    char path[PATH_MAX] = {};
    ASSERT_GT(readlink("/proc/self/exe", path, sizeof path - 1), 0);
    const std::string command = std::string(path) + " --gtest_also_run_disabled_tests"
                                                    " --gtest_filter=Piece.DISABLED_prints 2>&1";
    FILE *piece = popen(command.c_str(), "r");
    ASSERT_NE(piece, nullptr);
    std::string output;
    char part[4096];
    for (size_t count = 0; (count = fread(part, 1, sizeof part, piece)) > 0;) {
        output.append(part, count);
    }
    EXPECT_EQ(WEXITSTATUS(pclose(piece)), 0) << output.substr(0, 2'000);
    EXPECT_NE(output.find("from log\n"), std::string::npos);
    EXPECT_NE(output.find("from error\n"), std::string::npos);
    EXPECT_NE(output.find("from write\n"), std::string::npos);
    EXPECT_NE(output.find(std::string(300'000, 'x')), std::string::npos) << "whole";
}

TEST(Addons, are_loaded_in_each_environment_and_throw_as_ever) {
    const std::string require = "const addon = require('" WEIR_TEST_ADDON "'); ";
    for (const uint32_t isolation : {WEIR_ISOLATION_INSTANCE, WEIR_ISOLATION_ENVIRONMENT}) {
        Host host([&](weir_pool_options &options) { options.isolation = isolation; });
        for (int owner = 0; owner < 3; owner++) {
            Context one(host);
            Context other(host);
            EXPECT_EQ(one.run(require + "return addon.add(1, 2.5)"), "OK 3.5");
            EXPECT_EQ(other.run(require + "return addon.add(-1, 1)"), "OK 0");
            EXPECT_NE(one.run(require + "return addon.add('x', 1)").find("two numbers"),
                      std::string::npos);
            one.destroy();
            other.destroy();
        }
    }
}

} // namespace
