// Keeps a page that several people look at up to date: asks every ten seconds whether something is new, and draws the region anew. Who is
// typing in the region is told instead, and goes on when they like. Without scripts there is a link. A page may say that it is soon otherwise
// (data-live-every, in milliseconds), and what to say then (data-live-words).

const every = 10_000

export function followLive() {
  const page = document.querySelector('[data-live]')
  if (!page || page.hasAttribute('data-ended')) return
  const watch = setInterval(() => {
    if (!document.hidden) look(page).catch(() => {})
  }, Number(page.dataset.liveEvery) || every)
  window.addEventListener('pagehide', () => clearInterval(watch))
}

async function look(page) {
  const reply = await fetch(page.dataset.live, { headers: { Accept: 'application/json' }, credentials: 'same-origin' })
  if (!reply.ok) return
  const { stamp } = await reply.json()
  if (stamp === page.dataset.stamp) return
  const region = page.querySelector('[data-live-region]')
  if (busy(region)) {
    page.querySelector('[data-live-moved]').hidden = false
    say(page, words(page))
    return
  }
  const fresh = await fetch(window.location.href, { headers: { Accept: 'text/html' }, credentials: 'same-origin' })
  if (!fresh.ok) return
  const other = new DOMParser().parseFromString(await fresh.text(), 'text/html').querySelector('[data-live]')
  if (!other) return
  region.replaceChildren(...other.querySelector('[data-live-region]').childNodes)
  page.dataset.stamp = other.dataset.stamp
  page.querySelector('[data-live-moved]').hidden = true
  say(page, region.querySelector('h2')?.textContent.trim() ?? words(page))
}

function words(page) {
  return page.dataset.liveWords ?? 'The meeting has moved on'
}

// busy reports whether somebody is at a control of the region, or has typed into one.
function busy(region) {
  const at = document.activeElement
  if (region.contains(at) && at.matches('input, textarea, select, button')) return true
  return [...region.querySelectorAll('textarea, input:checked')].some((field) => field.type === 'radio' || (field.tagName === 'TEXTAREA' && field.value !== ''))
}

function say(page, words) {
  page.querySelector('[data-live-says]').textContent = words
}
