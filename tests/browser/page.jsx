// What stands in the browser: the component of examples/web around children that show what they see; or, with ?token, the
// SDK's provider with the property `token`.
import { StrictMode, useEffect, useState } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { QuilttProvider, gql, useQuery, useQuilttSession, useSubscription } from '@quiltt/react'
import { QuilttUser } from '../../examples/web/app.jsx'

const PROFILE = gql`query Profile { profile { id } }`
const CHANGES = gql`subscription Changes { changed }`

function Data() {
  const { data, error, refetch } = useQuery(PROFILE)
  globalThis.refetch = refetch
  return <p>data: {data?.profile.id ?? error?.message ?? 'none yet'}</p>
}

function Subscription() {
  const { data, error } = useSubscription(CHANGES, { context: { queryDeduplication: false } })
  return <p>subscription: {data?.changed ?? error?.message ?? 'none yet'}</p>
}

/** A hook of its own that comes last and goes, and with it the SDK's timer. */
function Passing() {
  useQuilttSession()
  return null
}

function Children({ signOut }) {
  const sdk = useQuilttSession()
  const [passing, setPassing] = useState(false)
  useEffect(() => [500, 1000].forEach(after => setTimeout(() => setPassing(after === 500), after)), [])
  Object.assign(globalThis, { sdk, signOut })
  return <>
    <p>user: {sdk.session?.claims.sub}</p>
    <Data />
    {asked.has('subscription') && <Subscription key={sdk.session?.token} />}
    {asked.has('passing') && passing && <Passing />}
  </>
}

export function App() {
  return <QuilttProvider>
    <QuilttUser login={again => <button onClick={again}>signed out</button>}>
      {signOut => <Children signOut={signOut} />}
    </QuilttUser>
  </QuilttProvider>
}

function GivenToken() {
  const [token, setToken] = useState()
  Object.assign(globalThis, { setToken })
  return <QuilttProvider token={token}><Session /></QuilttProvider>
}

function Session() {
  const { session } = useQuilttSession()
  return session ? <><p>user: {session.claims.sub ?? session.claims.uid}</p><Data /></> : <p>no session</p>
}

const asked = new URLSearchParams(globalThis.location?.search)
const root = globalThis.document?.getElementById('test')
if (root?.hasChildNodes()) hydrateRoot(root, <App />, { onRecoverableError: error => { document.title = `recovered: ${error}` } })
else if (root) createRoot(root).render(asked.has('token') ? <GivenToken /> : asked.has('strict') ? <StrictMode><App /></StrictMode> : <App />)
