#!/usr/bin/env bash
# @apollo/client 4.3.8 (npm), with React 19.3.1 in jsdom 26.1.0: a component with `useSubscription` that gets another `key`.
# Guess: React unmounts the component and mounts a new one, so the link is asked to subscribe again, with the new credentials.
# Seen: the new component subscribes before the old one's subscription ends, and Apollo, which removes duplicates among
# subscriptions too, gives it the old one: the link is asked once, and keeps what it began with. With
# `context: { queryDeduplication: false }` it is asked again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --before 2026-11-29 @apollo/client@4.3.8 graphql@16 rxjs@7 react@19.3.1 react-dom@19.3.1 jsdom@26.1.0
cat >key.mjs <<'NODE'
import { JSDOM } from 'jsdom'
const { window } = new JSDOM('<div id="page"></div>', { url: 'http://localhost' })
Object.assign(globalThis, { window, document: window.document })
globalThis.navigator ??= window.navigator
const { createElement } = await import('react')
const { createRoot } = await import('react-dom/client')
const { ApolloClient, ApolloLink, InMemoryCache, gql } = await import('@apollo/client')
const { ApolloProvider, useSubscription } = await import('@apollo/client/react')
const { Observable } = await import('rxjs')
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
const CHANGES = gql`subscription Changes { changed }`

async function asked(context) {
  let count = 0
  const link = new ApolloLink(() => new Observable(() => void (count += 1)))
  const client = new ApolloClient({ link, cache: new InMemoryCache() })
  const Changes = () => { useSubscription(CHANGES, { context }); return null }
  const root = createRoot(window.document.getElementById('page'))
  for (const key of ['first', 'second']) {
    root.render(createElement(ApolloProvider, { client }, createElement(Changes, { key })))
    await sleep(300)
  }
  root.unmount()
  return count
}
console.log('as it is:', await asked(undefined), 'with queryDeduplication false:', await asked({ queryDeduplication: false }))
process.exit()
NODE
seen=$(node key.mjs)
echo "$seen"
[ "$seen" = 'as it is: 1 with queryDeduplication false: 2' ]
