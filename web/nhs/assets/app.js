// Improves pages that already work without it: NHS.UK components, organisation lookup, questions that are revealed,
// a warning before a session ends, and a question before typed text is left behind.

import { initAll } from './nhsuk-frontend.js'
import { keepWhatIsTyped } from './autosave.js'
import { uploadFiles } from './upload.js'
import { addUp } from './totals.js'
import { pressKeys } from './shortcuts.js'
import { showPanes } from './panes.js'
import { countWords } from './words.js'
import { followLive } from './live.js'

initAll()
revealOptions()
revealQuestions()
addRows()
addUp()
showPanes()
countWords()
lookUpOrganisations(document)
warnOfUnsavedText()
keepWhatIsTyped()
warnBeforeSessionEnds()
openDetailsForPrint()
uploadFiles()
pressKeys()
followLive()

// revealOptions shows what belongs to an option while it is chosen. NHS.UK frontend would say aria-expanded on a radio, which
// ARIA does not allow, so this is ours.
function revealOptions() {
  const options = [...document.querySelectorAll('input[data-reveals]')]
  const update = () => {
    for (const option of options) {
      const more = document.getElementById(option.dataset.reveals)
      const hidden = option.type === 'radio' ? 'nhsuk-radios__conditional--hidden' : 'nhsuk-checkboxes__conditional--hidden'
      more?.classList.toggle(hidden, !option.checked)
    }
  }
  if (options.length > 0) document.addEventListener('change', update)
  update()
}

// revealQuestions shows a question that depends on another's answer only while it applies.
// data-when names the question, data-when-is lists the answers (one to a line) for which it is asked.
function revealQuestions() {
  const dependants = [...document.querySelectorAll('[data-when]')]
  if (dependants.length === 0) return
  const answersOf = (form, name) =>
    [...form.elements].filter((field) => field.name === name && chosen(field)).map((field) => field.value)
  const chosen = (field) =>
    (!['radio', 'checkbox'].includes(field.type) || field.checked) && !field.closest('.af-when--hidden')
  const update = () => {
    for (const dependant of dependants) {
      const form = dependant.closest('form')
      if (!form) continue
      const wanted = dependant.dataset.whenIs.split('\n')
      const applies = answersOf(form, dependant.dataset.when).some((answer) => wanted.includes(answer))
      dependant.classList.toggle('af-when--hidden', !applies)
    }
  }
  for (const form of new Set(dependants.map((dependant) => dependant.closest('form')))) {
    form?.addEventListener('change', update)
  }
  for (const note of document.querySelectorAll('[data-when] > .af-when__note')) note.hidden = true
  update()
}

// addRows adds a row to a table that is typed into without going to the server, from the template that stands beside it, whose
// row number is 999.
function addRows() {
  for (const table of document.querySelectorAll('[data-rows]')) {
    const template = table.querySelector('template')
    const button = table.querySelector('button[value="add"]')
    if (!template || !button) continue
    button.firstChild.textContent = button.firstChild.textContent.replace('Save and add a row', 'Add a row')
    button.type = 'button'
    button.addEventListener('click', () => addRow(table, template))
  }
}

function addRow(table, template) {
  const rows = table.querySelector('.af-rows')
  const next = 1 + Math.max(-1, ...[...rows.children].map((row) => Number(row.dataset.row)))
  const row = template.content.firstElementChild.cloneNode(true)
  for (const element of [row, ...row.querySelectorAll('*')]) {
    for (const attribute of element.attributes) {
      attribute.value = attribute.value.replaceAll('[999]', `[${next}]`)
    }
  }
  row.dataset.row = next
  row.querySelector('legend').lastChild.textContent = `Row ${next + 1}`
  rows.append(row)
  lookUpOrganisations(row)
  row.querySelector('input:not([type=hidden]), select, textarea')?.focus()
}

// lookUpOrganisations turns a text field for a code into one that offers organisations by name while typing.
// data-lookup is the address that answers ?q= with [{"value": …, "label": …}].
async function lookUpOrganisations(within) {
  const fields = [...within.querySelectorAll('input[data-lookup]')].filter((field) => field.dataset.lookup)
  if (fields.length === 0) return
  await import('./autocomplete.js')
  const accessibleAutocomplete = window.accessibleAutocomplete
  if (!accessibleAutocomplete) return
  for (const field of fields) enhanceLookup(field, accessibleAutocomplete)
}

function enhanceLookup(field, accessibleAutocomplete) {
  const place = document.createElement('div')
  field.parentElement.insertBefore(place, field)
  const id = field.id
  let found = []
  accessibleAutocomplete({
    element: place,
    id,
    name: '',
    minLength: 2,
    defaultValue: field.dataset.lookupLabel || field.value,
    displayMenu: 'overlay',
    confirmOnBlur: false,
    showNoOptionsFound: true,
    tNoResults: () => 'No organisation found. You can type its ODS code.',
    source: debounced(async (query, show) => {
      found = await search(field.dataset.lookup, query)
      show(found.map((option) => option.label))
    }),
    onConfirm: (label) => {
      const option = found.find((candidate) => candidate.label === label)
      if (!option) return
      field.value = option.value
      field.dispatchEvent(new Event('change', { bubbles: true }))
    }
  })
  field.type = 'hidden'
  field.removeAttribute('id')
  const typed = document.getElementById(id)
  const described = field.getAttribute('aria-describedby')
  if (described) typed?.setAttribute('aria-describedby', described)
  typed?.addEventListener('input', () => { field.value = typed.value })
}

async function search(address, query) {
  try {
    const answer = await fetch(`${address}?q=${encodeURIComponent(query)}`, { headers: { Accept: 'application/json' } })
    return answer.ok ? await answer.json() : []
  } catch {
    return []
  }
}

function debounced(ask) {
  let waiting
  return (query, show) => {
    clearTimeout(waiting)
    waiting = setTimeout(() => ask(query, show), 200)
  }
}

// warnOfUnsavedText asks before a form that was typed into is left without being sent.
function warnOfUnsavedText() {
  for (const form of document.querySelectorAll('form[data-guard]:not([data-autosave])')) { // those that are saved know better
    let changed = false
    form.addEventListener('input', () => { changed = true })
    form.addEventListener('submit', () => { changed = false })
    window.addEventListener('beforeunload', (event) => { if (changed) event.preventDefault() })
  }
}

// warnBeforeSessionEnds says in time that the person will be signed out, and lets them stay where the session can be prolonged.
function warnBeforeSessionEnds() {
  const seconds = Number(document.body.dataset.sessionSeconds)
  const warning = Number(document.body.dataset.sessionWarning) || 300
  if (seconds) waitForSessionEnd(seconds, Math.min(warning, seconds / 2))
}

function waitForSessionEnd(seconds, warning) {
  setTimeout(() => showSessionWarning(warning), (seconds - warning) * 1000)
}

function showSessionWarning(warning) {
  const box = document.createElement('div')
  box.className = 'af-session'
  box.setAttribute('role', 'alert')
  const text = document.createElement('p')
  const minutes = Math.max(1, Math.round(warning / 60))
  text.textContent = `You will be signed out in about ${minutes} minute${minutes === 1 ? '' : 's'}. Save what you are working on.`
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'nhsuk-button nhsuk-button--small'
  button.textContent = 'Stay signed in'
  const ended = setTimeout(() => {
    text.textContent = 'You have been signed out. Copy what you typed before you leave this page, then sign in again.'
    button.remove()
  }, warning * 1000)
  button.addEventListener('click', async () => {
    const left = await sessionSecondsLeft()
    if (left <= warning) {
      text.textContent = 'This session cannot be made longer. Save what you are working on, then sign in again.'
      button.remove()
      return
    }
    clearTimeout(ended)
    box.remove()
    waitForSessionEnd(left, warning)
  })
  box.append(text, button)
  document.body.append(box)
}

// sessionSecondsLeft asks the server, which counts that as being there.
async function sessionSecondsLeft() {
  try {
    const answer = await fetch(window.location.href, { method: 'HEAD', redirect: 'manual' })
    return Number(answer.headers.get('Session-Seconds')) || 0
  } catch {
    return 0
  }
}

// openDetailsForPrint prints what is folded away, too.
function openDetailsForPrint() {
  window.addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details:not([open])')) {
      details.open = true
      details.dataset.openedForPrint = ''
    }
  })
  window.addEventListener('afterprint', () => {
    for (const details of document.querySelectorAll('details[data-opened-for-print]')) {
      details.open = false
      delete details.dataset.openedForPrint
    }
  })
}
