// Clips of songs, what plays them, and the row of a song in the list.

// Each clip is asked for when it is wanted, and kept.
class Clips {
  constructor(model) {
    this.model = model
    this.kept = new Map()       // id of a song -> the promise of an address
    this.wanted = new Map()     // id of a song -> what settles that promise
    this.hear = (message, buffers) => {
      if (message.kind === 'clip') this.receive(message, buffers)
    }
    model.on('msg:custom', this.hear)
  }

  get(id) {
    if (!this.kept.has(id)) {
      const clip = this.ask(id)
      clip.catch(() => this.kept.delete(id))        // it may be there the next time
      this.kept.set(id, clip)
    }
    return this.kept.get(id)
  }

  ask(id) {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(Error('the kernel does not answer'))
      this.wanted.set(id, { resolve, reject, timer: setTimeout(giveUp, 30_000) })
      try { this.model.send({ kind: 'clip', id }) } catch { giveUp() }
    })
  }

  receive({ id, error }, buffers) {
    if (!this.wanted.has(id)) return
    const { resolve, reject, timer } = this.wanted.get(id)
    clearTimeout(timer)
    if (error) reject(Error(error))
    else resolve(URL.createObjectURL(new Blob([buffers[0]], { type: 'audio/mpeg' })))
  }

  forget() {
    for (const clip of this.kept.values()) clip.then(URL.revokeObjectURL, () => {})
    this.kept.clear()
  }

  close() {
    this.model.off('msg:custom', this.hear)
    this.forget()
  }
}

// One player serves all buttons of an answer. It knows which song it is at, and calls `changed` whenever that,
// its state or its position changes. The states: idle, loading, playing, paused, failed.
class Player {
  constructor(model, changed) {
    Object.assign(this, { changed, clips: new Clips(model), audio: new Audio(), id: null, state: 'idle', problem: '' })
    this.audio.onplay = () => this.set('playing')
    this.audio.onpause = this.audio.onended = () => {
      if (this.state === 'playing') this.set('paused')      // and not while the next song is being fetched
    }
    this.audio.ontimeupdate = changed
    this.hush = event => { if (event.detail !== this.audio) this.audio.pause() }
    document.addEventListener('songae-play', this.hush)
  }

  set(state, problem = '') {
    Object.assign(this, { state, problem })
    this.changed()
  }

  async toggle(id) {
    const same = id === this.id
    if (same && this.state === 'playing') return this.audio.pause()
    document.dispatchEvent(new CustomEvent('songae-play', { detail: this.audio }))      // all others fall silent
    if (same && this.state === 'paused') return this.audio.play().catch(() => {})
    this.audio.pause()
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
    this.id = null
    this.audio.pause()
    this.set('idle')
  }

  close() {
    this.stop()
    this.clips.close()
    document.removeEventListener('songae-play', this.hush)
  }
}

// A song in the list: a button, who and what, how far it is from the query, and where in the clip one is.
class Row {
  constructor(player, song, kind) {
    Object.assign(this, { player, song })
    const toggle = () => player.toggle(song.id)
    this.button = element('button', { type: 'button', className: 'play', onclick: toggle })
    this.problem = element('span', { className: 'problem', role: 'status' })
    this.seek = this.makeSeek()
    const what = element('div', { className: 'what' },
      element('span', { className: 'title' }, song.title),
      element('span', { className: 'artist' }, song.artist), this.problem)
    const root = kind === 'query' ? 'div' : 'li'
    this.root = element(root, { className: `row ${kind}` }, this.button, what, ...this.makeDistance(), this.seek)
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
    const { player, song } = this
    const mine = player.id === song.id, state = mine ? player.state : 'idle'
    const name = [song.title, song.artist].filter(Boolean).join(', ')
    this.button.dataset.state = this.root.dataset.state = state
    this.button.setAttribute('aria-label', `${state === 'playing' ? 'Pause' : 'Play'} ${name}`)
    this.seek.disabled = !['playing', 'paused'].includes(state)
    if (!this.seek.disabled) this.showPosition(player.audio)
    this.problem.textContent = mine && player.problem ? `cannot be played: ${player.problem}` : ''
  }

  showPosition(audio) {
    this.seek.max = audio.duration || 20
    this.seek.value = audio.currentTime
    this.seek.setAttribute('aria-valuetext', `${Math.round(audio.currentTime)} s`)
  }
}
