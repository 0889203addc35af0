// `users.js` is yours: `profileOf(request, env)` gives the profile of the user who is signed in, or nothing.
import init, { Sessions } from "./pkg/worker.js";
import module from "./pkg/worker_bg.wasm";
import { profileOf } from "./users.js";

const ready = init({ module_or_path: module });
let sessions; // one an isolate: nothing here costs as much as to build it

async function start({ QUILTT_SIGNING_SECRET: secret, QUILTT_ENVIRONMENT: environment }) {
  if (!secret || !environment) throw new Error("expected QUILTT_SIGNING_SECRET and QUILTT_ENVIRONMENT, found one unset");
  await ready;
  sessions ??= new Sessions(secret, environment);
}

async function logIn(request, env) {
  const profile = await profileOf(request, env);
  if (!profile) return new Response("sign in first", { status: 401 });
  return new Response(sessions.mint(profile), { status: 201, headers: { "content-type": "application/json", "cache-control": "no-store" } });
}

function me(request) {
  try {
    return new Response(sessions.verify(request.headers.get("authorization") ?? ""));
  } catch (reason) {
    console.log(`refused: ${reason.message}`);
    return new Response("sign in first", { status: 401, headers: { "www-authenticate": "Bearer" } });
  }
}

export default {
  async fetch(request, env) {
    const route = { "POST /login": logIn, "GET /me": me }[`${request.method} ${new URL(request.url).pathname}`];
    if (!route) return new Response("not found", { status: 404 });
    return start(env).then(() => route(request, env));
  },
};
