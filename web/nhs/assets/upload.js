// Uploads the files of a section in pieces while the page is open: several at once, each with its progress, to be cancelled, and
// going on where it broke off, after a lost connection or on the page opened again. Without it the form brings the files.

const atOnce = 3
const longestWait = 30_000

// uploadFiles improves every file input of a form that says where uploads go.
export function uploadFiles() {
  for (const form of document.querySelectorAll('form[data-uploads]')) {
    const page = new Page(form)
    for (const input of form.querySelectorAll('input[type=file]')) page.add(new Question(page, input))
    page.resumable()
  }
}

// Page is a form with its uploads.
class Page {
  constructor(form) {
    this.form = form
    this.address = form.dataset.uploads
    this.questions = []
    this.waiting = []
    this.running = 0
    this.versions = new Map()
    this.said = document.createElement('p')
    this.said.className = 'nhsuk-u-visually-hidden'
    this.said.setAttribute('role', 'status')
    form.append(this.said)
    form.addEventListener('submit', (event) => this.hold(event), true)
    window.addEventListener('beforeunload', (event) => { if (this.busy()) event.preventDefault() })
  }

  add(question) { this.questions.push(question) }

  busy() { return this.running + this.waiting.length > 0 }

  say(text) { this.said.textContent = text }

  // hold keeps the form on the page while files are on their way.
  hold(event) {
    if (!this.busy()) return
    event.preventDefault()
    event.stopImmediatePropagation()
    const one = this.questions.find((question) => question.busy())
    one?.warn('Files are still being uploaded. Wait until they are, or cancel them.')
  }

  queue(upload) {
    this.waiting.push(upload)
    this.next()
  }

  async next() {
    if (this.running >= atOnce || this.waiting.length === 0) return
    const upload = this.waiting.shift()
    this.running++
    try {
      await upload.run()
    } finally {
      this.running--
      this.next()
    }
  }

  // saved moves the version that the form was read at past a file that was added, unless somebody else saved in between.
  saved({ before, version }) {
    const field = this.form.elements.namedItem('version')
    if (!field || !version) return
    this.versions.set(before, version)
    while (this.versions.has(Number(field.value))) field.value = this.versions.get(Number(field.value))
  }

  // resumable offers to go on with what was begun on this page before.
  async resumable() {
    const answer = await ask('GET', this.address)
    if (answer.status !== 200) return
    for (const begun of answer.told) {
      const question = this.questions.find((one) => one.name === begun.question)
      if (!question || begun.section !== this.form.dataset.section) continue
      if (begun.file) question.arrived(begun.id, begun.file)
      else question.offer(begun)
    }
  }
}

// Question is a file input with the list of its uploads.
class Question {
  constructor(page, input) {
    this.page = page
    this.input = input
    this.name = input.name
    this.uploads = []
    this.list = document.createElement('ul')
    this.list.className = 'nhsuk-list af-uploads'
    this.list.setAttribute('aria-label', 'Files being uploaded')
    this.list.hidden = true
    this.problem = document.createElement('p')
    this.problem.className = 'nhsuk-error-message'
    this.problem.hidden = true
    const group = input.closest('.nhsuk-form-group') ?? input.parentElement
    group.append(this.problem, this.list)
    input.addEventListener('change', () => {
      const chosen = [...input.files]
      input.value = ''
      this.take(chosen)
    })
    this.droppable(group)
  }

  busy() { return this.uploads.some((upload) => upload.active) }

  warn(text) {
    this.problem.textContent = text
    this.problem.hidden = false
    this.page.say(text)
    this.list.querySelector('button')?.focus()
  }

  droppable(group) {
    const note = document.createElement('p')
    note.className = 'nhsuk-hint af-drop'
    note.textContent = 'You can also drag files here.'
    this.input.after(note)
    const over = (event, is) => {
      if (![...(event.dataTransfer?.types ?? [])].includes('Files')) return
      event.preventDefault()
      group.classList.toggle('af-drop--over', is)
    }
    group.addEventListener('dragover', (event) => over(event, true))
    group.addEventListener('dragleave', (event) => over(event, false))
    group.addEventListener('drop', (event) => {
      over(event, false)
      this.take([...(event.dataTransfer?.files ?? [])])
    })
  }

  take(files) {
    this.problem.hidden = true
    for (const file of files) {
      const begun = this.uploads.find((upload) => upload.goesOnWith(file))
      if (begun) begun.goOn(file)
      else this.show(new Upload(this, { name: file.name, size: file.size, offset: 0 }, file)).start()
    }
  }

  offer(begun) {
    this.show(new Upload(this, begun, null)).offer()
  }

  // arrived shows a file that is there and waits for the form, in place of one that was there before.
  arrived(id, file) {
    this.waiting?.remove()
    const item = document.createElement('li')
    item.className = 'af-upload'
    const title = document.createElement('p')
    title.className = 'af-upload__name'
    title.textContent = file.name
    const text = document.createElement('p')
    text.className = 'af-upload__text'
    text.textContent = `Uploaded, ${file.note}. It is added with the button below.`
    const field = document.createElement('input')
    field.type = 'hidden'
    field.name = this.page.form.dataset.uploadField
    field.value = id
    const remove = button('Remove', file.name, () => {
      ask('POST', `${this.page.address}/${id}/cancel`, new URLSearchParams())
      item.remove()
      this.waiting = undefined
      this.list.hidden = this.list.children.length === 0
      this.page.say(`${file.name} was removed`)
      this.input.focus()
    })
    item.append(title, text, field, remove)
    this.waiting = item
    this.list.append(item)
    this.list.hidden = false
  }

  show(upload) {
    this.uploads.push(upload)
    this.list.append(upload.item)
    this.list.hidden = false
    return upload
  }

  drop(upload) {
    this.uploads = this.uploads.filter((other) => other !== upload)
    const focused = upload.item.contains(document.activeElement)
    upload.item.remove()
    this.list.hidden = this.list.children.length === 0
    if (focused) (this.list.querySelector('button') ?? this.input).focus()
  }

  // refresh shows the files that are there now as the server writes them; what was ticked stays ticked.
  async refresh() {
    const place = this.page.form.querySelector(`[data-files="${CSS.escape(this.name)}"]`)
    if (!place) return
    try {
      const answer = await fetch(this.page.form.getAttribute('action'), { headers: { Accept: 'text/html' } })
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector(`[data-files="${CSS.escape(this.name)}"]`)
      if (!answer.ok || !fresh) return
      const ticked = new Set([...place.querySelectorAll('input:checked')].map((box) => box.value))
      for (const box of fresh.querySelectorAll('input[type=checkbox]')) box.checked = ticked.has(box.value)
      const focused = place.contains(document.activeElement) ? document.activeElement.id : ''
      place.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)))
      if (focused) document.getElementById(focused)?.focus()
    } catch {
      // The list is shown by the page when it is opened the next time.
    }
  }
}

// Upload is one file on its way.
class Upload {
  constructor(question, begun, file) {
    this.question = question
    this.page = question.page
    this.id = begun.id
    this.name = begun.name
    this.size = begun.size
    this.offset = begun.offset
    this.piece = begun.piece ?? 1 << 20
    this.file = file
    this.active = false
    this.item = document.createElement('li')
    this.item.className = 'af-upload'
    const title = document.createElement('p')
    title.className = 'af-upload__name'
    title.textContent = this.name
    this.bar = document.createElement('progress')
    this.bar.max = 100
    this.bar.setAttribute('aria-label', `Upload of ${this.name}`)
    this.text = document.createElement('p')
    this.text.className = 'af-upload__text'
    this.again = button('Try again', this.name, () => this.start())
    this.again.hidden = true
    this.stop = button('Cancel', this.name, () => this.cancel())
    this.item.append(title, this.bar, this.text, this.again, this.stop)
    this.progress(this.offset)
  }

  progress(bytes) {
    this.bar.value = this.size > 0 ? Math.floor((100 * bytes) / this.size) : 0
  }

  write(text, error = false) {
    this.text.textContent = text
    this.text.classList.toggle('nhsuk-error-message', error)
  }

  offer() {
    this.write(`${this.bar.value}% of this file has arrived. Choose the same file again to go on.`)
  }

  // goesOnWith says whether a file is the one that was begun: it has its name and size, and was not changed since.
  goesOnWith(file) {
    return !this.file && file.name === this.name && file.size === this.size && remembered(this.id) === file.lastModified
  }

  goOn(file) {
    this.file = file
    this.start()
  }

  start() {
    this.active = true
    this.cancelled = false
    this.again.hidden = true
    this.write('Waiting')
    this.page.say(`Uploading ${this.name}`)
    this.page.queue(this)
  }

  async run() {
    if (this.cancelled) return
    try {
      const file = await this.send()
      if (file) await this.done(file)
    } catch (problem) {
      if (!this.cancelled) this.failed(problem)
    } finally {
      this.active = false
    }
  }

  // send gives the file once all of it has arrived. It goes on by itself after a lost connection.
  async send() {
    let wait = 1000
    while (!this.cancelled) {
      const answer = this.id ? await this.sendPiece() : await this.begin()
      if (this.cancelled) return null
      switch (true) {
        case answer.status === 200 || answer.status === 201:
          wait = 1000
          this.id = answer.told.id
          this.piece = answer.told.piece ?? this.piece
          this.offset = answer.told.offset
          remember(this.id, this.file.lastModified)
          if (answer.told.file) return answer.told.file
          break
        case answer.status === 409 && answer.told.offset !== undefined:
          this.offset = answer.told.offset
          break
        case answer.status === 0 || answer.status === 429 || answer.status >= 502:
          this.write('The connection is lost. The upload goes on as soon as it is back.')
          this.page.say(`${this.name}: the connection is lost`)
          await patience(wait)
          wait = Math.min(2 * wait, longestWait)
          break
        default:
          throw answer
      }
      this.progress(this.offset)
    }
    return null
  }

  begin() {
    this.write('Uploading')
    return ask('POST', this.page.address, new URLSearchParams({
      section: this.page.form.dataset.section, question: this.question.name, name: this.name, size: String(this.size)
    }))
  }

  sendPiece() {
    const from = this.offset
    return ask('POST', `${this.page.address}/${this.id}?at=${from}`, this.file.slice(from, from + this.piece), (request) => {
      this.request = request
      request.upload.addEventListener('progress', (event) => {
        this.progress(from + event.loaded)
        this.write(`${this.bar.value}% uploaded`)
      })
    })
  }

  async done(file) {
    forget(this.id)
    this.page.saved(file)
    this.page.say(`${this.name} is uploaded`)
    if (this.page.form.dataset.uploadField) {
      this.question.arrived(this.id, file)
      return this.question.drop(this)
    }
    await this.question.refresh()
    this.question.drop(this)
    if (!file.href) for (const later of [6_000, 20_000, 60_000]) setTimeout(() => this.question.refresh(), later)
  }

  failed(answer) {
    let words = 'The file could not be uploaded. Try again.'
    if (answer.status === undefined) console.error(answer)
    else if (answer.told?.error) words = answer.told.error
    else if (answer.elsewhere) words = 'You have been signed out. Sign in again on another page, then try again.'
    this.write(words, true)
    this.page.say(`${this.name}: ${words}`)
    this.again.hidden = [404, 413, 422].includes(answer.status)
    this.stop.firstChild.textContent = 'Close'
    if (answer.status === 404 || answer.status === 422) {
      forget(this.id)
      this.id = undefined
    }
  }

  cancel() {
    this.cancelled = true
    this.request?.abort()
    if (this.id) ask('POST', `${this.page.address}/${this.id}/cancel`, new URLSearchParams())
    forget(this.id)
    this.page.waiting = this.page.waiting.filter((other) => other !== this)
    this.page.say(`${this.name} was cancelled`)
    this.question.drop(this)
  }
}

function button(words, name, press) {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'nhsuk-button nhsuk-button--secondary nhsuk-button--small'
  const hidden = document.createElement('span')
  hidden.className = 'nhsuk-u-visually-hidden'
  hidden.textContent = ` ${name}`
  made.append(words, hidden)
  made.addEventListener('click', press)
  return made
}

// ask sends a request and gives its status, 0 where there was none, and what the server told.
function ask(method, address, body, begun) {
  return new Promise((answered) => {
    const request = new XMLHttpRequest()
    request.open(method, address)
    request.setRequestHeader('Accept', 'application/json')
    if (body instanceof Blob) request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.addEventListener('load', () => {
      const elsewhere = !request.responseURL.includes('/uploads')
      let told
      try {
        told = JSON.parse(request.responseText)
      } catch {
        // A page, not an answer to a script.
      }
      answered({ status: told === undefined && request.status < 400 ? 401 : request.status, told, elsewhere })
    })
    for (const ended of ['error', 'abort', 'timeout']) request.addEventListener(ended, () => answered({ status: 0 }))
    begun?.(request)
    request.send(body)
  })
}

// patience waits, or until the browser is online again.
function patience(milliseconds) {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds)
    window.addEventListener('online', () => { clearTimeout(timer); done() }, { once: true })
  })
}

// What is remembered of a file is when it was last changed: a file that was changed since does not go on.
const key = (id) => `af-upload-${id}`

function remember(id, changed) {
  try { localStorage.setItem(key(id), String(changed)) } catch { /* the upload begins anew after a reload */ }
}

function remembered(id) {
  try { return Number(localStorage.getItem(key(id))) } catch { return NaN }
}

function forget(id) {
  try { localStorage.removeItem(key(id)) } catch { /* it was never remembered */ }
}
