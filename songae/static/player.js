// Clips of songs, what plays them, and the row of a song in the list.

// What is asked of the kernel, each thing once: it is kept, and answered by a message of the same kind and id.
class Requests {
  constructor(model, kind, read) {
    Object.assign(this, { model, kind, read })
    this.kept = new Map()       // id -> the promise of an answer
    this.wanted = new Map()     // id -> what settles that promise
    this.hear = (message, buffers) => {
      if (message.kind === kind) this.receive(message, buffers)
    }
    model.on('msg:custom', this.hear)
  }

  get(id) {
    if (!this.kept.has(id)) {
      const answer = this.ask(id)
      answer.catch(() => this.kept.delete(id))        // it may be there the next time
      this.kept.set(id, answer)
    }
    return this.kept.get(id)
  }

  ask(id) {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(Error('the kernel does not answer'))
      this.wanted.set(id, { resolve, reject, timer: setTimeout(giveUp, 30_000) })
      try { this.model.send({ kind: this.kind, id }) } catch { giveUp() }
    })
  }

  receive(message, buffers) {
    if (!this.wanted.has(message.id)) return
    const { resolve, reject, timer } = this.wanted.get(message.id)
    clearTimeout(timer)
    if (message.error) reject(Error(message.error))
    else resolve(this.read(message, buffers))
  }

  forget() { this.kept.clear() }

  close() {
    this.model.off('msg:custom', this.hear)
    this.forget()
  }
}

// Clips of songs, as addresses.
class Clips extends Requests {
  constructor(model) {
    super(model, 'clip', (message, buffers) => URL.createObjectURL(new Blob([buffers[0]], { type: 'audio/mpeg' })))
  }

  forget() {
    for (const clip of this.kept.values()) clip.then(URL.revokeObjectURL, () => {})
    super.forget()
  }
}

// One player serves all buttons of an answer. It knows which song it is at, and calls `changed` whenever that,
// its state or its position changes. The states: idle, loading, playing, paused, failed.
class Player {
  constructor(model, changed) {
    Object.assign(this, { changed, clips: new Clips(model), audio: new Audio(), id: null, state: 'idle' })
    Object.assign(this, { problem: '', begun: false, finished: () => {}, left: () => {} })
    this.audio.onplay = () => {
      this.begun = true
      this.set('playing')
    }
    this.audio.onpause = () => {
      if (this.state === 'playing') this.set('paused')      // and not while the next song is being fetched
    }
    this.audio.onended = () => {
      this.leave()
      this.set('paused')
      this.finished(this.id)
    }
    this.audio.ontimeupdate = changed
    this.hush = event => { if (event.detail !== this.audio) this.audio.pause() }
    document.addEventListener('songae-play', this.hush)
  }

  set(state, problem = '') {
    Object.assign(this, { state, problem })
    this.changed()
  }

  // Say how much of a song was played, when it is over or given up.
  leave() {
    const { id, begun, audio } = this
    this.begun = false
    if (begun && audio.duration) this.left(id, audio.currentTime / audio.duration)
  }

  async toggle(id) {
    const same = id === this.id
    if (same && this.state === 'playing') return this.audio.pause()
    document.dispatchEvent(new CustomEvent('songae-play', { detail: this.audio }))      // all others fall silent
    if (same && this.state === 'paused') return this.audio.play().catch(() => {})
    this.audio.pause()
    this.leave()
    this.id = id
    this.set('loading')
    try {
      await this.play(id)
    } catch (error) {
      if (this.id === id && error.name !== 'AbortError') this.set('failed', error.message)
    }
  }

  async play(id) {
    const url = await this.clips.get(id)
    if (this.id !== id) return      // another song was chosen meanwhile
    this.audio.src = url
    await this.audio.play()
  }

  prepare(id) { this.clips.get(id).catch(() => {}) }

  stop() {
    this.audio.pause()
    this.leave()
    this.id = null
    this.set('idle')
  }

  close() {
    this.stop()
    this.clips.close()
    document.removeEventListener('songae-play', this.hush)
  }
}

// A button that plays a clip, and shows whether it does.
class PlayButton {
  constructor(player, id, name) {
    Object.assign(this, { player, id, name })
    this.root = element('button', { type: 'button', className: 'play', onclick: () => player.toggle(id) })
    this.show()
  }

  get state() { return this.player.id === this.id ? this.player.state : 'idle' }

  show() {
    this.root.dataset.state = this.state
    this.root.setAttribute('aria-label', `${this.state === 'playing' ? 'Pause' : 'Play'} ${this.name}`)
  }
}

// A song in the list: a button, who and what, how far it is from the query, and where in the clip one is.
class Row {
  constructor(player, song, kind) {
    Object.assign(this, { player, song })
    this.button = new PlayButton(player, song.id, [song.title, song.artist].filter(Boolean).join(', '))
    this.problem = element('span', { className: 'problem', role: 'status' })
    this.seek = this.makeSeek()
    const what = element('div', { className: 'what' },
      element('span', { className: 'title' }, song.title),
      element('span', { className: 'artist' }, song.artist), this.problem)
    const root = kind === 'query' ? 'div' : 'li'
    this.root = element(root, { className: `row ${kind}` }, this.button.root, what, ...this.makeDistance(), this.seek)
    this.show()
  }

  makeSeek() {
    const seek = element('input', { type: 'range', className: 'seek', min: 0, max: 20, step: .1, value: 0 })
    seek.setAttribute('aria-label', `Position in ${this.song.title}`)
    seek.oninput = () => {
      if (this.player.id === this.song.id) this.player.audio.currentTime = seek.value
    }
    return seek
  }

  // The figure, and a bar that is as long as it is far, compared with the farthest song of the list.
  makeDistance() {
    const { distance, share } = this.song
    if (distance === undefined) return []
    const text = distance.toPrecision(3)
    const label = { title: 'distance of the codes', 'aria-label': `distance ${text}` }
    return [
      element('span', { className: 'distance', role: 'img', ...label }, text),
      element('div', { className: 'far', style: `--share: ${share}` }),
    ]
  }

  show() {
    const { player, song, button } = this, { state } = button
    button.show()
    this.root.dataset.state = state
    this.seek.disabled = !['playing', 'paused'].includes(state)
    if (!this.seek.disabled) this.showPosition(player.audio)
    const mine = player.id === song.id
    this.problem.textContent = mine && player.problem ? `cannot be played: ${player.problem}` : ''
  }

  showPosition(audio) {
    this.seek.max = audio.duration || 20
    this.seek.value = audio.currentTime
    this.seek.setAttribute('aria-valuetext', `${Math.round(audio.currentTime)} s`)
  }
}
