#!/usr/bin/env bash
# @quiltt/react 6.1.0 (npm), with React 19.3.1 in jsdom 26.1.0: a page that a server rendered, and `useQuilttSession`.
# Guess: the hook has no session in the first render, on the server and in the browser, so that the two agree.
# Seen: in the browser it reads localStorage while it renders for the first time. For a user who returns, a component that
# says whether there is a session is an error of hydration, and React renders the page anew.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --before 2026-11-29 @quiltt/react@6.1.0 react@19.3.1 react-dom@19.3.1 jsdom@26.1.0
cat >hydrate.mjs <<'NODE'
import { execFileSync } from 'node:child_process'
import { createElement } from 'react'
import { useQuilttSession } from '@quiltt/react'
const Page = () => createElement('p', null, useQuilttSession().session ? 'signed in' : 'signed out')
const part = claims => Buffer.from(JSON.stringify(claims)).toString('base64url')
const token = `${part({ alg: 'HS512' })}.${part({ sub: 'p_10', exp: Math.floor(Date.now() / 1000) + 600 })}.tag`

if (process.argv[2] === 'server') {
  const { renderToString } = await import('react-dom/server')
  console.log(renderToString(createElement(Page)))
  process.exit()
}
const html = execFileSync('node', ['hydrate.mjs', 'server']).toString().trim()
const { JSDOM } = await import('jsdom')
for (const stored of [null, token]) {
  const { window } = new JSDOM(`<div id="page">${html}</div>`, { url: 'http://localhost' })
  Object.assign(globalThis, { window, document: window.document, localStorage: window.localStorage })
  globalThis.navigator ??= window.navigator
  if (stored) {
    // What the SDK keeps in memory for the whole process is that of a page which was just loaded.
    const { GlobalStorage } = await import('@quiltt/core')
    GlobalStorage.memoryStore.observables = {}
    window.localStorage.setItem('quiltt.session', JSON.stringify(stored))
  }
  const { hydrateRoot } = await import('react-dom/client')
  const errors = []
  hydrateRoot(window.document.getElementById('page'), createElement(Page), { onRecoverableError: error => errors.push(error) })
  await new Promise(resolve => setTimeout(resolve, 300))
  console.log(html, '->', window.document.body.textContent, errors.length)
}
process.exit()
NODE
seen=$(node hydrate.mjs)
echo "$seen"
[ "$seen" = '<p>signed out</p> -> signed out 0
<p>signed out</p> -> signed in 1' ]
