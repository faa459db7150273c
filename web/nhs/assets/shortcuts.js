// Single keys that move about a page and press its buttons, as listed on the page itself. They are off until the person turns them on,
// which this browser remembers, and do nothing while something is being typed. Escape leads from a text to the part of the page that it
// belongs to.

const remembered = 'af-shortcuts'

export function pressKeys() {
  const list = document.querySelector('[data-shortcuts]')
  const box = document.getElementById('shortcuts')
  if (!list || !box) return
  box.checked = recall() === 'on'
  box.addEventListener('change', () => remember(box.checked ? 'on' : 'off'))
  const keys = new Map([...list.querySelectorAll('[data-key]')].map((row) => [row.dataset.key, row.dataset]))
  document.addEventListener('keydown', (event) => {
    if (!box.checked || event.ctrlKey || event.altKey || event.metaKey) return
    if (isTyping(event.target)) {
      if (event.key === 'Escape') placeOf(event.target)?.focus()
      return
    }
    const key = keys.get(event.key)
    if (key && act(key)) event.preventDefault()
  })
}

// placeOf is the row of a table, or the part of a page, in which something is.
function placeOf(element) { return element.closest('tr, [data-part]') }

function isTyping(element) {
  return element.isContentEditable || ['TEXTAREA', 'SELECT'].includes(element.tagName) ||
    (element.tagName === 'INPUT' && !['checkbox', 'radio', 'button', 'submit'].includes(element.type))
}

function act({ target, step, tick }) {
  if (tick !== undefined) return change(target)
  const found = [...document.querySelectorAll(target)].filter((element) => element.offsetParent !== null)
  if (found.length === 0) return false
  if (step !== undefined) {
    const place = placeOf(document.activeElement)
    const at = found.findIndex((element) => element === document.activeElement || (place && placeOf(element) === place))
    const next = at < 0 ? 0 : Math.min(Math.max(at + Number(step), 0), found.length - 1)
    found[next].focus()
    return true
  }
  const element = found[0]
  if (['BUTTON', 'A'].includes(element.tagName)) element.click()
  else {
    if (!element.matches('input, select, textarea, [tabindex]')) element.tabIndex = -1
    element.focus()
    element.scrollIntoView({ block: 'start' })
  }
  return true
}

// change ticks or clears the box in the row or part that has the focus, or goes into its text.
function change(target) {
  const box = placeOf(document.activeElement)?.querySelector(target)
  if (box?.tagName === 'TEXTAREA') box.focus()
  else box?.click()
  return Boolean(box)
}

function recall() {
  try {
    return localStorage.getItem(remembered)
  } catch {
    return null
  }
}

function remember(value) {
  try {
    localStorage.setItem(remembered, value)
  } catch {
    // Without a place to remember it, it holds for this page.
  }
}
