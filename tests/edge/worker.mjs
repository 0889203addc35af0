// examples/worker, packed by wrangler as it would be deployed, in workerd (Cloudflare) and edge-runtime (Vercel). It takes a
// minute, the network and the tools of examples/worker/build, so the workflow runs it and .ci/run does not:
//   node tests/edge/worker.mjs
import assert from "node:assert";
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGES = ["edge-runtime@4.0.1", "workerd@1.20261117.1", "wrangler@4.86.0"];
const ENVIRONMENT = "env_1Bx4omNvZgKao2OqGshImD", PROFILE = "p_12VnSaRRxyP12Sl9rLZg8n1";
const SECRET = "hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK"; // made up
// What the guide says.
const MOST_BYTES = 250_000, MOST_GZIPPED = 115_000;

const USERS = `export const profileOf = (request) => request.headers.get("x-user");`;
const IN_GLOBAL_SCOPE = `
  import init, { Sessions } from "./pkg/worker.js";
  import module from "./pkg/worker_bg.wasm";
  await init({ module_or_path: module });
  const sessions = new Sessions("${SECRET}", "${ENVIRONMENT}");
  let said;
  try { said = sessions.mint("${PROFILE}"); } catch (error) { said = error.message; }
  export default { fetch: () => new Response(said) };
`;

const folder = mkdtempSync(join(tmpdir(), "worker-"));
try {
  await run();
} finally {
  rmSync(folder, { recursive: true });
}

async function run() {
  const example = join(dirname(fileURLToPath(import.meta.url)), "../../examples/worker");
  execFileSync(join(example, "build"), { stdio: "inherit" });
  cpSync(example, folder, { recursive: true, filter: (path) => !path.endsWith("/target") });
  writeFileSync(join(folder, "users.js"), USERS);
  writeFileSync(join(folder, "global.js"), IN_GLOBAL_SCOPE);
  writeFileSync(join(folder, "package.json"), "{}");
  try {
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--silent", ...PACKAGES], { cwd: folder, stdio: "inherit" });
  } catch {
    console.error(`SKIPPED: ${PACKAGES.join(", ")} cannot be had, so nothing was tried in them`);
    return;
  }
  const wasm = readFileSync(join(folder, "pkg/worker_bg.wasm"));
  const gzipped = execFileSync("gzip", ["-9"], { input: wasm }).length; // node's own packs less tightly
  console.log(`${wasm.length} bytes, ${gzipped} gzipped`);
  assert(wasm.length <= MOST_BYTES && gzipped <= MOST_GZIPPED);
  await inWorkerd(pack("worker.js"), { QUILTT_SIGNING_SECRET: SECRET }, keepsItsPromises);
  await inWorkerd(pack("worker.js"), {}, async (fetch) => assert.strictEqual((await fetch("/me")).status, 500));
  await inWorkerd(pack("global.js"), {}, async (fetch) => {
    assert.match(await (await fetch("/")).text(), /expected a clock that is set, .*: .*in a Worker, mint inside a request$/);
  });
  await inEdgeRuntime(wasm, keepsItsPromises);
}

async function keepsItsPromises(fetch) {
  const logIn = (user) => fetch("/login", { method: "POST", headers: { "x-user": user } });
  const me = (authorization) => fetch("/me", { headers: { authorization } });
  assert.strictEqual((await fetch("/login", { method: "POST" })).status, 401);
  assert.strictEqual((await fetch("/")).status, 404);
  const ids = new Set();
  for (let count = 0; count < 100; count++) {
    const response = await logIn(PROFILE), session = await response.json();
    assert.deepStrictEqual([response.status, session.userId, session.environmentId], [201, PROFILE, ENVIRONMENT]);
    assert(Math.abs(session.expiration - 86400 - Date.now() / 1000) < 5);
    assert.strictEqual(await (await me(`Bearer ${session.token}`)).text(), PROFILE);
    ids.add(session.id);
    const forged = session.token.replace(/[^.](?=[^.]*$)/, (letter) => (letter === "A" ? "B" : "A"));
    for (const bad of [`Bearer ${forged}`, session.token, "Bearer", "", `Bearer ${session.token}, Bearer x`])
      assert.strictEqual((await me(bad)).status, 401, bad);
  }
  assert.strictEqual(ids.size, 100);
}

/// What wrangler would deploy: files of one folder.
function pack(main) {
  const out = join(folder, `out-${main}`);
  const wrangler = createRequire(join(folder, "x")).resolve("wrangler/bin/wrangler.js");
  // What `build` makes is there already.
  const config = readFileSync(join(folder, "wrangler.toml"), "utf8").replace(/^build = .*$/m, "");
  writeFileSync(join(folder, "wrangler.toml"), config);
  const args = [wrangler, "deploy", main, "--dry-run", "--outdir", out];
  execFileSync("node", args, { cwd: folder, stdio: "inherit", env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" } });
  return out;
}

async function inWorkerd(out, environment, promises) {
  const main = readdirSync(out).find((name) => name.endsWith(".js")), wasm = readdirSync(out).find((name) => name.endsWith(".wasm"));
  const port = await freePort();
  writeFileSync(join(out, "config.capnp"), `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = (
        modules = [(name = "worker.js", esModule = embed "${main}"), (name = "./${wasm}", wasm = embed "${wasm}")],
        compatibilityDate = "2026-11-01",
        bindings = [
          (name = "QUILTT_SIGNING_SECRET", fromEnvironment = "QUILTT_SIGNING_SECRET"),
          (name = "QUILTT_ENVIRONMENT", text = "${ENVIRONMENT}"),
        ],
      ))],
      sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
    );`);
  const workerd = join(folder, "node_modules/workerd/bin/workerd");
  const child = spawn(workerd, ["serve", join(out, "config.capnp")], { env: environment, stdio: ["ignore", "ignore", "inherit"] });
  const at = (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init);
  try {
    for (let waited = 0; !(await at("/").then(() => true, () => false)); waited++) {
      assert(waited < 100 && child.exitCode === null, "workerd does not start");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await promises(at);
  } finally {
    child.kill();
  }
  console.log(`kept in workerd: ${main}`);
}

/// The same file, as a script that listens: an edge-runtime knows no modules.
async function inEdgeRuntime(wasm, promises) {
  const require = createRequire(join(folder, "x"));
  const { EdgeRuntime } = require("edge-runtime");
  const entry = `import worker from "./worker.js";
    addEventListener("fetch", (event) => event.respondWith(worker.fetch(event.request, variables)));`;
  const host = { name: "host", setup: (build) => {
    build.onLoad({ filter: /\.wasm$/ }, () => ({ contents: "export default compiled" }));
  } };
  const built = await createRequire(require.resolve("wrangler"))("esbuild").build({
    stdin: { contents: entry, resolveDir: folder }, bundle: true, write: false, format: "iife", plugins: [host],
    define: { "import.meta.url": '"https://localhost/"' },
  });
  const variables = { QUILTT_SIGNING_SECRET: SECRET, QUILTT_ENVIRONMENT: ENVIRONMENT };
  const extend = (context) => Object.assign(context, { variables, compiled: new WebAssembly.Module(wasm), console: { log() {} } });
  const runtime = new EdgeRuntime({ initialCode: built.outputFiles[0].text, extend });
  await promises((path, init) => runtime.dispatchFetch(`https://localhost${path}`, init));
  console.log("kept in edge-runtime");
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
