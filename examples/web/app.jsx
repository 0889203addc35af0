// The component to copy, QuilttUser, and a small app around it.
import { useEffect, useReducer, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { QuilttProvider, gql, useQuery, useQuilttSession } from '@quiltt/react'

const SAYS = {
  loading: 'Loading …',
  waiting: 'No answer. Trying again …',
  refused: 'Quiltt refused the session.',
  ended: 'The session ended here.',
}

/**
 * `children(signOut)` while Quiltt's SDK has a session of the user who is signed in at our back end, `login(again)` if nobody
 * is. Place it in a QuilttProvider without the property `token`: a provider imports a token that the SDK drops without end.
 */
export function QuilttUser({ children, login }) {
  const sdk = useQuilttSession()
  const latest = useRef(sdk)
  useEffect(() => void (latest.current = sdk)) // the SDK's functions know the session of their own render only
  const [state, setState] = useState({ is: 'loading' }) // on a server too: the SDK has no session there
  const [round, again] = useReducer(round => round + 1, 0)
  const stop = useRef(), kept = useRef()

  useEffect(() => {
    let stopped, timer
    stop.current = () => { stopped = true; clearTimeout(timer) }
    kept.current = { until: 0 }
    const show = next => stopped || setState(next)
    async function renew() {
      let asked = Date.now(), wait
      try {
        const answer = await fetch('/session')
        if (answer.status === 401) return await latest.current.forgetSession(), show({ is: 'out' })
        if (!answer.ok) throw new Error(`/session: ${answer.status}`)
        const { token, userId, expiration, expiresIn, renewsIn } = await answer.json()
        if (stopped) return
        if (!(await latest.current.importSession(token))) return show({ is: 'refused' })
        const ahead = asked / 1000 + expiresIn - expiration // what this clock is ahead of the back end's
        kept.current = { until: asked + (expiresIn - 1) * 1000, ahead: Math.round(ahead / 60) }
        show({ is: 'in', user: userId })
        wait = renewsIn + 1
      } catch (error) { // our back end or, after eleven calls, Quiltt
        console.warn(error)
        wait = Math.min(30, (kept.current.until - Date.now()) / 1000)
        if (wait <= 0) wait = 30, await latest.current.forgetSession(), show({ is: 'waiting' }) // the SDK's timer may be gone
      }
      if (!stopped) timer = setTimeout(renew, wait * 1000)
    }
    setState({ is: 'loading' }), renew()
    return stop.current
  }, [round])

  // Another user's session, or none: until it expires, somebody ended it, and only the user may ask for one again.
  const lost = state.is === 'in' && sdk.session?.claims.sub !== state.user
  useEffect(() => {
    if (lost && Date.now() < kept.current.until - 5000) stop.current(), setState({ is: 'ended' })
  }, [lost])

  async function signOut() { // the back end first, or it hands out again what Quiltt revokes
    const answer = await fetch('/sign-out', { method: 'POST' })
    if (!answer.ok && answer.status !== 401) throw new Error(`/sign-out: ${answer.status}`)
    stop.current()
    setState({ is: 'loading' })
    await latest.current.revokeSession().catch(console.warn)
    await latest.current.forgetSession()
    setState({ is: 'out' })
  }

  if (state.is === 'in' && !lost) return children(signOut)
  if (state.is === 'out') return login(again)
  const { ahead } = kept.current ?? {}
  const clock = Math.abs(ahead) > 1 && ` This device's clock is ${Math.abs(ahead)} minutes ${ahead > 0 ? 'fast' : 'slow'}.`
  return <p>{SAYS[state.is] ?? SAYS.loading}{state.is === 'ended' && <>{clock} <button onClick={again}>Continue</button></>}
    {state.is === 'refused' && <button onClick={signOut}>Sign in again</button>}</p>
}

function Login({ again }) {
  const [error, setError] = useState()
  async function submit(event) {
    event.preventDefault()
    const login = Object.fromEntries(new FormData(event.target))
    const headers = { 'Content-Type': 'application/json' }
    const answer = await fetch('/login', { method: 'POST', headers, body: JSON.stringify(login) })
    answer.ok ? again() : setError('Another user or password, please.')
  }
  return <form onSubmit={submit}>
    <input name="user" aria-label="User" defaultValue="52909e05-e1cb-4e45-b273-2b7b5d1f9bff" />
    <input name="password" aria-label="Password" type="password" />
    <button>Sign in</button> {error}
  </form>
}

function Profile({ signOut }) {
  const { data, error } = useQuery(gql`query Profile { profile { id } }`)
  const [me, setMe] = useState()
  const ask = () => fetch('/me').then(answer => answer.text()).then(setMe)
  return <>
    <p>Quiltt knows you as {data?.profile.id ?? error?.message ?? '…'}</p>
    <button onClick={ask}>What does our own back end say?</button> {me} <button onClick={signOut}>Sign out</button>
  </>
}

const root = globalThis.document?.getElementById('app')
if (root) {
  createRoot(root).render(
    <QuilttProvider>
      <QuilttUser login={again => <Login again={again} />}>{signOut => <Profile signOut={signOut} />}</QuilttUser>
    </QuilttProvider>,
  )
}
