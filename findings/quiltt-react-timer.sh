#!/usr/bin/env bash
# @quiltt/react 6.1.0 (npm), with React 19.3.1 in jsdom 26.1.0: the timer that ends a session at its `exp`.
# Guess: as long as one component has `useQuilttSession`, the session is dropped at `exp`.
# Seen: all hooks share one timer, which calls the component that set it last. Once that one is unmounted, nobody hears the
# timer: the other component shows the session past `exp`, until the tab comes to the front or a query is sent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --before 2026-11-29 @quiltt/react@6.1.0 react@19.3.1 react-dom@19.3.1 jsdom@26.1.0
cat >timer.mjs <<'NODE'
import { JSDOM } from 'jsdom'
const { window } = new JSDOM('<div id="a"></div><div id="b"></div>', { url: 'http://localhost' })
Object.assign(globalThis, { window, document: window.document, localStorage: window.localStorage })
globalThis.navigator ??= window.navigator
const { createElement } = await import('react')
const { createRoot } = await import('react-dom/client')
const { useQuilttSession } = await import('@quiltt/react')
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
const part = claims => Buffer.from(JSON.stringify(claims)).toString('base64url')

/** Whether the component that stays still shows the session a second after `exp`. */
async function outlives(second) {
  const exp = Math.ceil(Date.now() / 1000) + 2
  window.localStorage.setItem('quiltt.session', JSON.stringify(`${part({ alg: 'HS512' })}.${part({ sub: 'p_10', exp })}.tag`))
  const { GlobalStorage } = await import('@quiltt/core')
  GlobalStorage.set('session', JSON.parse(window.localStorage.getItem('quiltt.session')))
  let shown
  const Stays = () => { shown = useQuilttSession().session?.claims.sub; return null }
  const Goes = () => { useQuilttSession(); return null }
  const root = createRoot(window.document.getElementById('a'))
  root.render(createElement(Stays))
  await sleep(300)
  if (second) {
    const passing = createRoot(window.document.getElementById('b'))
    passing.render(createElement(Goes))
    await sleep(300)
    passing.unmount()
  }
  await sleep(exp * 1000 - Date.now() + 1000)
  root.unmount()
  return shown === 'p_10'
}
console.log('alone:', await outlives(false), 'with one that goes:', await outlives(true))
process.exit()
NODE
seen=$(node timer.mjs)
echo "$seen"
[ "$seen" = 'alone: false with one that goes: true' ]
