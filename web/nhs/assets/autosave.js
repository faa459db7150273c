// Saves what is typed in a form with data-autosave, question by question, and says so. What could not be sent stays on this device,
// for the person who typed it alone, and is sent when that can be.
//
// A question is an element with data-question, which holds its inputs and a hidden one that ends in -shown, whose value is the mark of
// the answer that the page was made with. The server answers {version, saved_at, marks, problems, conflicts, others} or, to a refusal,
// {words, problems, sign_in}.

const pause = 800 // after the last key
const longest = 5000 // while somebody types on and on
const prefix = 'af-unsent:'
const submitted = 'af-submitted'

export function keepWhatIsTyped() {
  const keeper = document.body.dataset.keeper
  if (keeper) forgetOthers(keeper)
  for (const leave of document.querySelectorAll('form[action="/sign-out"]')) leave.addEventListener('submit', () => forgetOthers(''))
  if (!keeper) return
  forgetSubmitted()
  for (const form of document.querySelectorAll('form[data-autosave]')) new Keeping(form, keeper)
  for (const place of document.querySelectorAll('[data-unsaved]')) showUnsaved(place, `${prefix}${keeper}:${place.dataset.unsaved}`)
}

// showUnsaved shows on a page that takes no answers any more what is left on this device and was never saved.
function showUnsaved(place, key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key))
    if (kept?.questions?.length > 0) place.append(copies(kept.questions))
  } catch { /* as above */ }
}

// copies are texts that were not saved, to be copied.
function copies(questions) {
  const details = document.createElement('details')
  details.className = 'nhsuk-details'
  details.open = true
  const summary = document.createElement('summary')
  summary.className = 'nhsuk-details__summary'
  const words = document.createElement('span')
  words.className = 'nhsuk-details__summary-text'
  words.textContent = 'What you typed and was not saved, to be copied'
  summary.append(words)
  const text = document.createElement('div')
  text.className = 'nhsuk-details__text'
  for (const { code, fields } of questions) {
    const part = paragraph(fields.filter(([name, value]) => name !== `${code}-shown` && value).map(([, value]) => value).join('\n'))
    part.className = 'af-text'
    text.append(part)
  }
  details.append(summary, text)
  return details
}

// forgetSubmitted removes what was sent with a button, once another page has come: the server has taken it. On the same page it is
// compared with what the page says.
function forgetSubmitted() {
  try {
    const key = sessionStorage.getItem(submitted)
    sessionStorage.removeItem(submitted)
    const again = [...document.querySelectorAll('form[data-autosave]')].some((form) => key?.endsWith(`:${form.getAttribute('action')}`))
    if (key && !again) localStorage.removeItem(key)
  } catch { /* as above */ }
}

// forgetOthers removes what others than one person left on this device.
function forgetOthers(keeper) {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix) && !(keeper && key.startsWith(`${prefix}${keeper}:`))) localStorage.removeItem(key)
    }
  } catch { /* a browser that keeps nothing has nothing to forget */ }
}

class Keeping {
  constructor(form, keeper) {
    this.form = form
    this.address = form.getAttribute('action')
    this.own = form.dataset.autosave === 'own' // nobody else writes in it: what comes between comes from another window
    this.key = `${prefix}${keeper}:${this.address}`
    this.state = form.querySelector('[data-saving]')
    this.more = form.querySelector('[data-saving-more]')
    this.state.parentElement.hidden = false
    this.changed = new Map() // question → what was typed last: a count that tells later typing from what was sent
    this.held = new Set() // questions that somebody else changed too: sent when the person has chosen
    this.count = 0
    this.tries = 0
    this.elsewhere = false
    this.leaving = false
    this.listen()
    this.takeBack()
  }

  listen() {
    this.form.addEventListener('input', (event) => this.note(event))
    this.form.addEventListener('change', (event) => this.note(event))
    this.form.addEventListener('focusout', () => { if (this.waiting) this.send() })
    this.form.addEventListener('submit', (event) => this.submit(event))
    window.addEventListener('online', () => { this.tries = 0; this.send() })
    window.addEventListener('offline', () => { if (this.unsent().length > 0) this.sayOffline() })
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') this.sendLast() })
    window.addEventListener('pagehide', () => this.sendLast())
    window.addEventListener('beforeunload', (event) => {
      if (!this.leaving && (this.changed.size > 0 || this.chosenFiles())) event.preventDefault()
    })
  }

  // submit lets what is on its way arrive first: else the form would not know of it, and a person would clash with themself.
  submit(event) {
    if (this.sending) {
      event.preventDefault()
      const button = event.submitter
      this.then = () => this.form.requestSubmit(button)
      return
    }
    clearTimeout(this.waiting)
    this.leaving = true
    try { sessionStorage.setItem(submitted, this.key) } catch { /* as above */ }
  }

  // chosenFiles reports whether something waits that only the button sends: files, and ticks to remove some.
  chosenFiles() {
    return [...this.form.elements].some((field) => (field.type === 'file' && field.files.length > 0) || (removes(field) && field.checked))
  }

  note(event) {
    const question = event.target.closest('[data-question]')
    if (!question || event.target.type === 'file' || removes(event.target)) return
    this.changed.set(question.dataset.question, ++this.count)
    this.keepHere()
    const now = Date.now()
    this.since ??= now
    clearTimeout(this.waiting)
    this.waiting = setTimeout(() => this.send(), Math.max(0, Math.min(pause, this.since + longest - now)))
  }

  unsent() { return [...this.changed.keys()].filter((code) => !this.held.has(code)) }

  question(code) { return this.form.querySelector(`[data-question="${CSS.escape(code)}"]`) }

  // fields are the inputs of a question as they would be sent.
  fields(code) {
    const fields = []
    for (const field of this.question(code)?.querySelectorAll('input, select, textarea') ?? []) {
      if (!field.name || field.type === 'file' || removes(field)) continue
      if (['radio', 'checkbox'].includes(field.type) && !field.checked) continue
      fields.push([field.name, field.value])
    }
    return fields
  }

  body(codes) {
    const body = new URLSearchParams({ version: this.form.elements.version.value, action: 'typing' })
    for (const code of codes) for (const [name, value] of this.fields(code)) body.append(name, value)
    return body
  }

  async send() {
    clearTimeout(this.waiting)
    this.waiting = this.since = undefined
    const codes = this.unsent()
    if (codes.length === 0 || this.signedOut || this.refused) return
    if (this.sending) { this.again = true; return }
    this.sending = true
    const counts = new Map(codes.map((code) => [code, this.changed.get(code)]))
    this.say('Saving…')
    try {
      const answer = await fetch(this.address, {
        method: 'POST', headers: { Accept: 'application/json' }, body: this.body(codes), redirect: 'manual', signal: AbortSignal.timeout(20000)
      })
      await this.take(answer, counts)
    } catch {
      this.sayOffline()
      this.later()
    }
    this.sending = false
    if (this.then) return this.goOn()
    if (this.again) { this.again = false; this.send() }
  }

  goOn() {
    const then = this.then
    this.then = undefined
    then()
  }

  // sendLast sends what is left when the page goes away. Whether it arrived is seen when the page is opened again.
  sendLast() {
    const codes = this.unsent()
    if (codes.length === 0 || this.leaving || this.signedOut || this.refused) return
    this.keepHere()
    const body = this.body(codes)
    if (body.toString().length > 60000) return // more than a browser sends from a page that is gone; it is kept here
    const counts = new Map(codes.map((code) => [code, this.changed.get(code)]))
    fetch(this.address, { method: 'POST', headers: { Accept: 'application/json' }, body, redirect: 'manual', keepalive: true })
      .then((answer) => this.take(answer, counts)).catch(() => {})
  }

  // later tries again, after a longer and longer time.
  later() {
    clearTimeout(this.waiting)
    this.waiting = setTimeout(() => this.send(), Math.min(60000, 1000 * 2 ** this.tries++))
  }

  async take(answer, counts) {
    const said = answer.headers.get('Content-Type')?.includes('json') ? await answer.json() : {}
    if (answer.ok || (answer.status === 409 && said.marks)) return this.acknowledged(said, counts)
    if (answer.status === 401) return this.saySignedOut(said.sign_in)
    if (answer.type === 'opaqueredirect' || answer.status === 429 || answer.status >= 500 || !said.words) {
      this.say('Not saved: the service does not answer as it should. What you typed is kept on this device and sent again soon.')
      return this.later()
    }
    this.sayRefused(said)
  }

  acknowledged(said, counts) {
    this.tries = 0
    this.form.elements.version.value = said.version
    const conflicts = said.conflicts ?? []
    for (const conflict of conflicts) this.held.add(conflict.question)
    for (const [code, count] of counts) {
      if (this.held.has(code)) continue
      this.mark(code, said.marks[code])
      if (this.changed.get(code) === count) this.changed.delete(code)
    }
    this.elsewhere ||= said.others
    refresh(said.live)
    this.keepHere()
    if (conflicts.length > 0) return this.sayConflicts(conflicts)
    if (this.held.size > 0) return
    const problems = Object.values(said.problems ?? {})
    this.say(`Saved at ${said.saved_at}.${problems.length > 0 ? ` To put right: ${problems.join('. ')}.` : ''}`)
    if (this.elsewhere) this.sayElsewhere()
  }

  mark(code, mark) {
    const shown = this.form.elements[`${code}-shown`]
    if (shown && mark) shown.value = mark
  }

  say(words) {
    if (this.state.textContent !== words) this.state.textContent = words
    if (words.startsWith('Saved')) this.show()
  }

  // show puts links and buttons below the state.
  show(...parts) { this.more.replaceChildren(...parts) }

  sayOffline() {
    this.say('Not saved: no connection. What you typed is kept on this device and sent when the connection is back.')
  }

  sayElsewhere() {
    const words = this.own ? 'You changed this in another window too. ' : 'Someone else changed this section too. '
    this.show(paragraph(words, link(this.page(), this.own ? 'Open it again to see it' : 'Open it again to see what they wrote'), '. Nothing that you typed is lost.'))
  }

  page() { return window.location.pathname }

  sayConflicts(conflicts) {
    const names = conflicts.map((conflict) => `“${conflict.name}”`).join(', ')
    const who = conflicts[0].who ? `${conflicts[0].who} changed` : 'Someone else changed'
    this.say(this.own
      ? `You changed ${names} in another window too. What you typed here is kept on this device until you choose.`
      : `Someone else changed this section. ${who} ${names} while you were changing it too. Your version is kept, but it is not the one that counts yet.`)
    const button = document.createElement('button')
    button.type = 'submit'
    button.name = 'action'
    button.value = 'save'
    button.className = 'nhsuk-button nhsuk-button--secondary nhsuk-button--small'
    button.textContent = 'See both versions and choose'
    this.show(button)
  }

  saySignedOut(address) {
    this.signedOut = true
    this.say('Not saved: you have been signed out. What you typed is kept on this device.')
    this.show(paragraph(link(address || '/sign-in', 'Sign in and come back to this page'), ', and it is put in again.'))
    this.leaving = true
  }

  // sayRefused says why the server takes nothing more, in its words. What was typed can be copied.
  sayRefused(said) {
    const problems = Object.values(said.problems ?? {})
    this.say(`Not saved: ${[said.words, ...problems].map((words) => words.replace(/\.$/, '')).join('. ')}.`)
    if (problems.length > 0) return // it can be put right
    this.refused = true
    this.show(copies(this.unsent().map((code) => ({ code, fields: this.fields(code) }))))
  }

  // keepHere writes what is not acknowledged to this device, or removes what was written there.
  keepHere() {
    try {
      if (this.changed.size === 0) return localStorage.removeItem(this.key)
      const questions = [...this.changed.keys()].map((code) => ({ code, fields: this.fields(code) }))
      localStorage.setItem(this.key, JSON.stringify({ version: this.form.elements.version.value, at: Date.now(), questions }))
    } catch { /* a browser that keeps nothing: the warning before leaving stays */ }
  }

  // takeBack puts what was typed before the tab was closed into the page, and sends it with the marks that it was typed over: the
  // server knows whether somebody else changed the same meanwhile.
  takeBack() {
    let kept
    try { kept = JSON.parse(localStorage.getItem(this.key)) } catch { return }
    if (!kept?.questions) return
    const names = []
    for (const { code, fields } of kept.questions) {
      if (!this.question(code) || same(fields, this.fields(code), code)) continue
      this.fill(code, fields)
      this.changed.set(code, ++this.count)
      names.push(this.nameOf(code))
    }
    this.keepHere()
    if (names.length === 0) return
    const notice = document.createElement('div')
    notice.className = 'nhsuk-inset-text'
    notice.setAttribute('role', 'status')
    notice.append(paragraph(`What you typed here before and was not sent is put in again: ${names.join(', ')}.`))
    this.form.prepend(notice)
    notice.dispatchEvent(new CustomEvent('af-reveal', { bubbles: true })) // where the form is one of two panes
    this.send()
  }

  nameOf(code) {
    const heading = this.question(code).querySelector('legend, label')
    return `“${heading?.textContent.trim().replace(/ \(optional\)$/, '') ?? code}”`
  }

  fill(code, fields) {
    const question = this.question(code)
    const values = new Map()
    for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value])
    for (let tries = 0; tries < 100 && [...values.keys()].some((name) => !this.form.elements[name]); tries++) {
      const more = question.querySelector('[data-rows] button[value="add"]')
      if (!more) break
      more.click()
    }
    for (const field of question.querySelectorAll('input, select, textarea')) {
      if (!field.name || field.type === 'file' || removes(field)) continue
      const wanted = values.get(field.name) ?? []
      if (['radio', 'checkbox'].includes(field.type)) field.checked = wanted.includes(field.value)
      else field.value = wanted[0] ?? ''
    }
  }
}

// refresh shows parts of the page as the server says they are now, by the ids of their elements.
function refresh(live) {
  for (const [id, html] of Object.entries(live ?? {})) {
    const place = document.getElementById(id)
    if (place && place.innerHTML !== html) place.innerHTML = html
  }
}

const removes = (field) => field.name?.endsWith('-remove')

// same reports whether fields say what the page says, whatever it was made with.
function same(a, b, code) {
  const said = (fields) => JSON.stringify(fields.filter(([name, value]) => name !== `${code}-shown` && value !== ''))
  return said(a) === said(b)
}

function paragraph(...parts) {
  const p = document.createElement('p')
  p.append(...parts)
  return p
}

function link(address, words) {
  const a = document.createElement('a')
  a.href = address
  a.className = 'nhsuk-link'
  a.textContent = words
  return a
}
