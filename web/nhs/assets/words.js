// Counts the words of a text that must have some, as the server does: what stands between white space.

export function countWords() {
  for (const field of document.querySelectorAll('textarea[data-least-words]')) {
    const message = document.getElementById(`${field.id}-words`)
    if (!message) continue
    const spoken = document.createElement('div')
    spoken.className = 'nhsuk-u-visually-hidden'
    spoken.setAttribute('aria-live', 'polite')
    message.after(spoken)
    let waiting
    field.addEventListener('input', () => {
      message.textContent = words(field)
      clearTimeout(waiting)
      waiting = setTimeout(() => { spoken.textContent = message.textContent }, 1500)
    })
    message.textContent = words(field)
  }
}

function words(field) {
  const n = (field.value.match(/\S+/g) ?? []).length
  const least = Number(field.dataset.leastWords)
  if (n < least) return `${n} of at least ${least} words`
  return `${n} word${n === 1 ? '' : 's'}`
}
