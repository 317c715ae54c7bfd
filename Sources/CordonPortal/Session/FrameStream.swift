import CordonWire
import FoundationEssentials

/// Chromium's frames on their way to one client: the newest wins, the client's acknowledgements set the pace, and what
/// stands still becomes sharp.
actor FrameStream {
  /// The watermark's time is this old at most while pictures change; each new one costs a whole picture.
  private static let watermarkAge = Duration.seconds(300)
  private static let stillAfter = Duration.milliseconds(200)
  private static let sharpened = 0.25

  private struct Raw {
    var image: [UInt8]
    var viewport: Viewport
    var hidden: HiddenPlaces
  }

  private let clock: any SessionClock
  private let mark: (@Sendable (Date) -> String)?
  /// Where what is shown is kept, if it is.
  private let feed: TapeFeed?
  private var stage: FrameStage
  private var pace = Pace()
  private var newest: Raw?
  private var viewport = Viewport()
  private var outbox: Outbox?
  private var marked: Duration
  private var sharpening: Task<Void, Never>?

  /// - Parameter mark: What the watermark says at a time; nil draws none.
  init(clock: any SessionClock, mark: (@Sendable (Date) -> String)?, feed: TapeFeed? = nil)
    throws(PictureError)
  {
    self.clock = clock
    self.mark = mark
    self.feed = feed
    marked = clock.now
    stage = try FrameStage(watermark: mark?(clock.date))
  }

  /// A client that has nothing yet.
  func attach(_ outbox: Outbox) {
    self.outbox = outbox
    pace.restart()
    renewMark()
    stage.forget()
    pump()
  }

  /// No client.
  func detach() {
    outbox = nil
    newest = nil
    sharpening?.cancel()
    sharpening = nil
  }

  /// Chromium's newest frame; an older one that was not sent is dropped.
  ///
  /// - Parameter hidden: What must not be seen in this one.
  func offer(_ image: [UInt8], viewport: Viewport, hiding hidden: HiddenPlaces = HiddenPlaces()) {
    newest = Raw(image: image, viewport: viewport, hidden: hidden)
    pump()
  }

  /// The client has drawn a frame.
  func acknowledge(_ number: UInt32) {
    pace.acknowledge(number, at: clock.now)
    pump()
    sharpenLater()
  }

  /// The client lost what it had, or another page is shown.
  func refresh() {
    stage.forget()
    pump()
  }

  /// What matters more to the person.
  func prefer(_ preference: ClientMessage.Preference) { pace.preference = preference }

  private func pump() {
    guard let outbox, pace.hasRoom, outbox.hasRoomForFrame else { return }
    if let raw = newest {
      newest = nil
      viewport = raw.viewport
      if clock.now - marked >= Self.watermarkAge { renewMark() }
      // A damaged frame is passed over: the next one is compared with what the client has.
      try? stage.take(raw.image, scale: raw.viewport.scale, hiding: raw.hidden)
    }
    guard let update = try? stage.update(quality: pace.quality) else { return }
    send(update, to: outbox)
    sharpenLater()
  }

  private func send(_ update: FrameStage.Update, to outbox: Outbox) {
    let number = pace.send(bytes: update.bytes, at: clock.now)
    let message = ServerMessage.frame(
      ServerMessage.Frame(
        number: number, isWhole: update.isWhole, width: UInt16(clamping: update.width),
        height: UInt16(clamping: update.height), pageWidth: UInt16(clamping: viewport.width),
        pageHeight: UInt16(clamping: viewport.height), rectangles: update.rectangles))
    // What the tape does not take is not shown.
    if let feed, !feed.take(message.encoded, at: clock.now) { return }
    outbox.push(message)
  }

  private func renewMark() {
    marked = clock.now
    stage.mark(with: mark?(clock.date))
  }

  /// Starts the wait anew: only a picture that stands still is worth its sharpness.
  private func sharpenLater() {
    guard outbox != nil, !stage.isSharp else { return }
    sharpening?.cancel()
    sharpening = Task { [clock] in
      try? await clock.sleep(for: Self.stillAfter)
      if !Task.isCancelled { self.sharpen() }
    }
  }

  private func sharpen() {
    // The acknowledgement that is missing asks again.
    guard let outbox, newest == nil, pace.isQuiet, outbox.hasRoomForFrame else { return }
    guard let update = try? stage.sharpen(share: Self.sharpened) else { return }
    send(update, to: outbox)
  }
}
