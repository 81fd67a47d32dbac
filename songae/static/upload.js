// The uploader in the page: where a song is dropped, and how far it has come.

const STEPS = ['upload', 'encoding', 'matching']

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1)
}

// A place to drop a song or a playlist, with a button and a key for those who do not drop.
function dropArea(model, send) {
  const input = element('input', {
    type: 'file', accept: 'audio/*,' + model.get('suffixes').join(','),
    'aria-label': 'Song or playlist to upload', className: 'file', tabIndex: -1,
  })
  input.onchange = () => {
    if (input.files.length) send(input.files[0])
    input.value = ''    // so that the same file can be chosen again
  }
  const button = element('button', { className: 'main', type: 'button', onclick: () => input.click() }, 'Choose a file')
  const most = Math.round(model.get('limit') / 1e6)
  const area = element('div', { className: 'drop' },
    element('p', {}, element('strong', {}, 'Drop a song or a playlist here'), ' or '), button, input,
    element('p', { className: 'hint' },
      `any file that plays as a song, up to ${most} MB, or a list of songs of the catalog`))
  return { area, button }
}

// A song dropped beside the widget is not sent, but it must not make the browser leave the page to show it either.
function catchDrops(el, send) {
  const over = event => {
    event.preventDefault()
    el.classList.toggle('over', el.contains(event.target))
  }
  const drop = event => {
    event.preventDefault()
    el.classList.remove('over')
    const [file] = event.dataTransfer.files
    if (file && el.contains(event.target)) send(file)
  }
  document.addEventListener('dragover', over)
  document.addEventListener('drop', drop)
  return () => {
    document.removeEventListener('dragover', over)
    document.removeEventListener('drop', drop)
  }
}

// Ask the kernel what lies in a folder, once for each folder that is typed, and offer it.
function completePaths(model, input, list) {
  let asked = ''
  input.oninput = () => {
    const folder = input.value.slice(0, input.value.lastIndexOf('/') + 1)
    if (!folder || folder === asked) return
    asked = folder
    model.send({ kind: 'list', folder })
  }
  model.on('msg:custom', message => {
    if (message.kind !== 'listed') return
    list.replaceChildren(...message.paths.map(value => element('option', { value })))
  })
}

// A song on the kernel's own machine is named by its path.
function pathField(model) {
  const list = element('datalist', { id: 'songae-' + uniqueId() })
  const help = { placeholder: '~/Music/song.flac', autocomplete: 'off', spellcheck: false }
  const input = element('input', { type: 'text', ...help })
  input.setAttribute('list', list.id)     // the property of that name is read-only
  completePaths(model, input, list)
  const form = element('form', { className: 'path' },
    element('label', {}, 'or a file on this computer: ', input), list,
    element('button', { type: 'submit' }, 'Match'))
  form.onsubmit = event => {
    event.preventDefault()
    const path = input.value.trim()
    if (path) model.send({ kind: 'path', path })
  }
  return form
}

// Which of the four steps a song is at, how much of it has arrived, and a button that cancels its upload.
class Steps {
  constructor(cancel) {
    this.name = element('p', { className: 'name' })
    this.live = element('p', { className: 'live', role: 'status' })       // read out to those who do not see the list
    this.items = STEPS.map(step => element('li', {}, step))
    this.bar = element('progress', { max: 1, 'aria-label': 'Progress of the upload' })
    this.figures = element('span', { className: 'figures' })
    this.button = element('button', { type: 'button', onclick: cancel }, 'Cancel')
    this.root = element('div', { className: 'steps' },
      this.name, this.live, element('ol', {}, ...this.items),
      element('div', { className: 'going' }, this.bar, this.figures, this.button))
  }

  show(name, stage) {
    const at = STEPS.indexOf(stage)
    this.root.hidden = at < 0 && stage !== 'loading'
    this.name.textContent = name
    this.live.textContent = at < 0 ? '' : stage
    this.items.forEach((item, i) => this.showItem(item, i, at))
    this.button.hidden = stage !== 'upload'
    if (stage === 'upload') return
    this.bar.removeAttribute('value')       // nobody knows how long these take
    this.figures.textContent = stage === 'loading' ? 'waiting for its turn' : ''
  }

  showItem(item, i, at) {
    item.className = i < at ? 'past' : ''
    if (i === at) item.setAttribute('aria-current', 'step')
    else item.removeAttribute('aria-current')
  }

  progress(bytes, size, seconds) {
    const speed = seconds > .5 ? `, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s` : ''
    this.bar.value = bytes / size
    this.figures.textContent = `${megabytes(bytes)} of ${megabytes(size)} MB${speed}`
  }
}

// Why a file is not even sent. The kernel checks again, since a page can be made to say anything.
function refusal(file, limit) {
  if (!file.size) return 'the file is empty.'
  if (file.size <= limit) return ''
  return `${megabytes(file.size)} MB, and at most ${limit / 1e6} MB are taken. It was not sent.`
}

// `stage`, `name` and `message` live in the kernel, so that a page that is loaded again shows where things stand.
class UploaderView {
  constructor(model, el) {
    Object.assign(this, { model, el, transfer: null })
    this.note = element('p', { className: 'note', role: 'status' })
    this.error = element('p', { className: 'error', role: 'alert' })
    this.steps = new Steps(() => this.transfer?.cancel())
    const { area, button } = dropArea(model, file => this.send(file))
    this.button = button
    this.ways = element('div', { className: 'ways' }, area, ...(model.get('local') ? [pathField(model)] : []))
    begin(el, 'uploader')
    el.append(this.ways, this.steps.root, this.note, this.error)
  }

  tell(text, isError = false) {
    this.note.textContent = isError ? '' : text
    this.error.textContent = isError ? text : ''
  }

  showMessage() {
    if (!this.transfer) this.tell(this.model.get('message'), this.model.get('stage') === 'error')
  }

  show() {
    const focused = this.el.contains(document.activeElement)
    const stage = this.transfer ? 'upload' : this.model.get('stage')
    this.steps.show(this.transfer?.file.name ?? this.model.get('name'), stage)
    this.ways.inert = !this.steps.root.hidden       // one song after the other
    this.el.dataset.stage = stage
    const lost = focused && !this.el.contains(document.activeElement)       // what had the focus is hidden now
    if (lost && !this.ways.inert) this.button.focus()
  }

  async send(file) {
    if (this.ways.inert) return this.tell('One song after the other: this one is not done yet.')
    const reason = refusal(file, this.model.get('limit'))
    this.tell(reason && `${file.name}: ${reason}`, true)
    if (reason) return
    this.transfer = this.startTransfer(file)
    this.show()
    this.steps.button.focus()
    try {
      await this.transfer.finished
    } catch (error) {
      if (error) this.tell(`${file.name}: ${error.message}`, true)
    }
    this.transfer = null
    this.show()
  }

  startTransfer(file) {
    const began = performance.now()
    const seconds = () => (performance.now() - began) / 1000
    this.steps.progress(0, file.size, 0)
    return new Transfer(this.model, file, bytes => this.steps.progress(bytes, file.size, seconds()))
  }
}

// Sent once for each page: whatever was on its way came from a page that is no more.
function initialize({ model }) {
  try { model.send({ kind: 'hello' }) } catch { /* no kernel: this is a stored picture of the widget */ }
}

function render({ model, el }) {
  const view = new UploaderView(model, el)
  const uncatch = catchDrops(el, file => view.send(file))
  model.on('change:stage change:name', () => view.show())
  model.on('change:stage change:message', () => view.showMessage())
  view.show()
  view.showMessage()
  return () => {
    view.transfer?.cancel()
    uncatch()
  }
}

export default { initialize, render }
