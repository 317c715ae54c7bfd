import CordonWire
import FoundationEssentials

/// Chromium's frames on their way to one client: the newest wins, the client's acknowledgements set the pace, and what
/// stands still becomes sharp.
actor FrameStream {
  /// The watermark's time is this old at most while pictures change; each new one costs a whole picture.
  private static let watermarkAge = Duration.seconds(300)
  private static let stillAfter = Duration.milliseconds(200)
  private static let sharpened = 0.25
  /// After this time without a frame nothing moves, and what Chromium may have dropped is asked for.
  private static let settledAfter = Duration.milliseconds(60)

  private struct Raw {
    var image: [UInt8]
    var viewport: Viewport
    var hidden: HiddenPlaces
    var acknowledge: FrameIntake.Acknowledge?
  }

  private let clock: any SessionClock
  private let mark: (@Sendable (Date) -> String)?
  /// Where what is shown is kept, if it is.
  private let feed: TapeFeed?
  private var stage: FrameStage
  private var pace = Pace()
  private var newest: Raw?
  private var intake = FrameIntake()
  private var offered = 0
  private var settling: Task<Void, Never>?
  /// Has Chromium begin its frames anew.
  private var begin: (@Sendable () async -> Void)?
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
  ///
  /// - Parameter begin: Has Chromium begin its frames anew, with one of what is shown now.
  func attach(_ outbox: Outbox, begin: (@Sendable () async -> Void)? = nil) {
    self.outbox = outbox
    self.begin = begin
    pace.restart()
    renewMark()
    stage.forget()
    pump()
  }

  /// No client.
  func detach() {
    (outbox, begin) = (nil, nil)
    newest = nil
    sharpening?.cancel()
    sharpening = nil
    settling?.cancel()
    settling = nil
  }

  /// Chromium's newest frame; an older one that was not sent is dropped.
  ///
  /// - Parameters:
  ///   - hidden: What must not be seen in this one.
  ///   - screencast: Which start of frames it is of.
  ///   - acknowledge: Called once the frame is taken, so that Chromium makes another.
  func offer(
    _ image: [UInt8], viewport: Viewport, hiding hidden: HiddenPlaces = HiddenPlaces(),
    of screencast: Int = 0,
    acknowledge: FrameIntake.Acknowledge? = nil
  ) {
    guard outbox != nil else { acknowledge?(); return }
    intake.arrived(of: screencast)
    if let older = newest { intake.replaced(older.acknowledge) }
    newest = Raw(image: image, viewport: viewport, hidden: hidden, acknowledge: acknowledge)
    offered &+= 1
    pump(atOnce: true)
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

  /// - Parameter atOnce: Whether the newest frame has just come.
  private func pump(atOnce: Bool = false) {
    guard let outbox, pace.hasRoom, outbox.hasRoomForFrame else { return }
    if let raw = newest {
      newest = nil
      // Before it is decoded: Chromium makes the next one meanwhile.
      intake.taken(raw.acknowledge, atOnce: atOnce)
      settleLater()
      viewport = raw.viewport
      if clock.now - marked >= Self.watermarkAge { renewMark() }
      // A damaged frame is passed over: the next one is compared with what the client has.
      try? stage.take(raw.image, scale: raw.viewport.scale, hiding: raw.hidden)
    }
    guard let update = try? stage.update(quality: pace.quality) else { return }
    send(update, to: outbox)
    sharpenLater()
  }

  /// Chromium tells nothing of a picture that it dropped, so the last one of a movement is asked for.
  private func settleLater() {
    guard intake.isDoubtful, settling == nil, begin != nil else { return }
    settling = Task { [clock] in
      var seen: Int
      repeat {
        seen = offered
        try? await clock.sleep(for: Self.settledAfter)
        if Task.isCancelled { return }
      } while seen != offered || newest != nil
      settling = nil
      await begin?()
    }
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
