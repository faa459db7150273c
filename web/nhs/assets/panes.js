// Makes tabs of two panes where a screen is too narrow to show them beside each other. Without this they follow one another.

export function showPanes() {
  for (const box of document.querySelectorAll('[data-panes]')) new Panes(box)
}

class Panes {
  constructor(box) {
    this.panes = [...box.querySelectorAll(':scope > [data-pane]')]
    this.narrow = window.matchMedia('(max-width: 61.865em)')
    this.scrolled = this.panes.map(() => 0)
    this.list = document.createElement('div')
    this.list.className = 'af-panes af-no-print'
    this.list.setAttribute('role', 'tablist')
    this.tabs = this.panes.map((pane, i) => this.tab(pane, i))
    box.before(this.list)
    this.current = Math.max(this.paneOf(document.getElementById(decodeURIComponent(window.location.hash.slice(1)))), document.querySelector('.nhsuk-error-summary') ? 1 : 0)
    this.narrow.addEventListener('change', () => this.arrange())
    document.addEventListener('click', (event) => this.follow(event.target.closest?.('a[href^="#"]')))
    document.addEventListener('af-reveal', (event) => this.reveal(event.target))
    document.addEventListener('focusin', (event) => this.reveal(event.target))
    window.addEventListener('hashchange', () => {
      const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)))
      if (!target) return
      this.reveal(target)
      target.scrollIntoView()
    })
    this.arrange()
  }

  tab(pane, i) {
    const tab = document.createElement('button')
    tab.type = 'button'
    tab.id = `${pane.id}-tab`
    tab.className = 'af-panes__tab'
    tab.textContent = pane.dataset.pane
    tab.setAttribute('role', 'tab')
    tab.setAttribute('aria-controls', pane.id)
    tab.addEventListener('click', () => this.show(i))
    tab.addEventListener('keydown', (event) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: this.panes.length - 1 }[event.key]
      if (to === undefined || !this.tabs[to]) return
      event.preventDefault()
      this.show(to)
      this.tabs[to].focus()
    })
    this.list.append(tab)
    return tab
  }

  arrange() {
    this.list.hidden = !this.narrow.matches
    this.panes.forEach((pane, i) => {
      pane.hidden = this.narrow.matches && i !== this.current
      if (this.narrow.matches) {
        pane.setAttribute('role', 'tabpanel')
        pane.setAttribute('aria-labelledby', `${pane.id}-tab`)
      } else {
        pane.removeAttribute('role')
        pane.removeAttribute('aria-labelledby')
      }
      this.tabs[i].setAttribute('aria-selected', String(i === this.current))
      this.tabs[i].tabIndex = i === this.current ? 0 : -1
    })
  }

  // show changes to a pane, and to where it was left.
  show(i) {
    if (i === this.current || !this.narrow.matches) return
    this.scrolled[this.current] = window.scrollY
    this.current = i
    this.arrange()
    window.scrollTo(0, this.scrolled[i] || this.list.offsetTop)
  }

  paneOf(element) { return this.panes.findIndex((pane) => pane.contains(element)) }

  reveal(element) {
    const i = this.paneOf(element)
    if (i >= 0 && this.panes[i].hidden) this.show(i)
  }

  // follow shows the pane to which a link on the page leads before the browser goes there.
  follow(link) {
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)))
    if (target) this.reveal(target)
  }
}
