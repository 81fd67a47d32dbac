// A file on its way from the page to the kernel.

const PIECE = 2 ** 21       // bytes in a message; Jupyter's servers take 10 MiB at most
const UNDER_WAY = 4         // pieces sent and not acknowledged yet
const PATIENCE = 30_000     // ms without a word from the kernel

function silence(model) {
  const remedy = model.get('local') ? 'If it was restarted, run the cells again' : 'Load the page anew'
  return Error(`The kernel does not answer. ${remedy}, and then send the song again.`)
}

// `finished` is fulfilled when the kernel has the whole file. It is rejected with an Error if that fails,
// and with null if the visitor cancels.
class Transfer {
  constructor(model, file, progress) {
    Object.assign(this, { model, file, progress, id: uniqueId(), offset: 0, over: false })
    this.finished = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }))
    this.hear = message => this.receive(message)
    model.on('msg:custom', this.hear)
    this.wait()
    this.start()
  }

  start() {
    try {
      this.say('start', { name: this.file.name, size: this.file.size })
    } catch (error) {
      this.stop(error)
    }
  }

  say(kind, content = {}, buffers = []) {
    try {
      this.model.send({ kind, id: this.id, ...content }, undefined, buffers)
    } catch {
      throw silence(this.model)
    }
  }

  // All uploads of the widget have one channel. Only what is said of this file moves it on.
  receive(message) {
    if (message.id !== this.id) return
    this.wait()
    switch (message.kind) {
      case 'ready': for (let i = 0; i < UNDER_WAY; i++) this.sendNext(); break
      case 'received': this.progress(message.bytes); this.sendNext(); break
      case 'refused': this.end(this.reject, Error(message.reason)); break
      case 'complete': this.end(this.resolve)
    }
  }

  async sendNext() {
    if (this.over || this.offset >= this.file.size) return
    const offset = this.offset
    this.offset += PIECE
    try {
      const piece = await this.read(offset)
      if (!this.over) this.say('piece', { offset }, [piece])
    } catch (error) {
      this.stop(error)
    }
  }

  // Only these bytes are read; a file that was moved or changed since it was chosen cannot be.
  async read(offset) {
    try {
      return await this.file.slice(offset, offset + PIECE).arrayBuffer()
    } catch {
      throw Error('The browser can no longer read this file.')
    }
  }

  // Each word from the kernel starts the clock anew.
  wait() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.stop(silence(this.model)), PATIENCE)
  }

  cancel() { this.stop(null) }

  stop(reason) {
    if (this.over) return
    this.end(this.reject, reason)
    try { this.say('cancel') } catch { /* the kernel is gone, and the upload with it */ }
  }

  end(settle, value) {
    this.over = true
    clearTimeout(this.timer)
    this.model.off('msg:custom', this.hear)
    settle(value)
  }
}
