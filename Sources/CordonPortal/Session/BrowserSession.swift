import CordonModel
import CordonPolicy
public import CordonWire
import FoundationEssentials

/// One person's remote browser: its tabs, what the person does to them, and when it ends.
///
/// It lives on without a client for a while, so that a lost connection loses nothing. It holds no store, key or policy:
/// what crosses its boundary is asked for at the `PortalDesk`, which records it first.
public actor BrowserSession {
  /// What it was opened from.
  public nonisolated let plan: SessionPlan

  /// A page of the session.
  struct Tab {
    let id: UInt32
    /// Chromium's name of the page; its main frame has the same.
    let target: String
    /// The page's session on the debugging pipe.
    let session: String
    var title = ""
    var address = ""
    /// As much of it as the person reads.
    var shownAddress = ""
    /// The bytes of its very long addresses: an answer about its history holds them all.
    var historyBytes = 0
    var hasCrashed = false
    var dialog: ServerMessage.Dialog?
    var dialogs: Meter
    /// Since when the person wants away from the document, and its page has said nothing.
    var leaving: Duration?
  }

  /// The client that shows the session.
  struct Client {
    let number: Int
    let outbox: Outbox
  }

  let browser: any RunningBrowser
  let desk: any PortalDesk
  let clock: any SessionClock
  let limits: SessionLimits
  let frames: FrameStream
  /// Where what is shown is kept; nil where the rules do not want it.
  let feed: TapeFeed?

  var tabs: [Tab] = []
  /// Chromium's names of pages that become tabs once they answer.
  var attaching: Set<String> = []
  var active: UInt32 = 0
  var nextTab: UInt32 = 1
  var nextDialog: UInt32 = 1
  var viewport: Viewport
  /// A size that came too soon after the last one.
  var wantedViewport: Viewport?
  var client: Client?
  var clients = 0
  var timers: SessionTimers
  var meters: SessionMeters
  var held = HeldInput()
  /// Text that may still cross, either way.
  var budget: ClipboardBudget
  /// Bytes of fast typing that were judged and recorded already.
  var typedAhead = 0
  /// Downloads that Chromium is at, by its names.
  var downloads: [String: Download] = [:]
  /// Files that wait for their person.
  var shelf = FileShelf()
  /// A page that waits for a file, and what has come of it.
  var chooser: Chooser?
  var incoming: Incoming?
  var nextChooser: UInt32 = 1
  var isPrinting = false
  /// What an input method shows in the page.
  var composition = ""
  var toldClock: (at: Duration, idle: UInt32)?
  var isFinding = false
  /// What is hidden from the pictures.
  var redacting: Redacting
  /// When the person did something that no frame has followed yet.
  var unanswered: Duration?
  /// When frames were started that have not come yet.
  var awaited: Duration?
  /// Which start of frames is the newest.
  var screencasts = 0
  /// Events of pages that were not recorded because there were too many.
  var unrecorded = 0
  /// Why it is over.
  private(set) var ended: ServerMessage.End?
  private var isDown = false
  private var tasks: [Task<Void, Never>] = []
  private var waiters: [CheckedContinuation<ServerMessage.End, Never>] = []

  /// A session over a browser that runs, which it ends in its time.
  ///
  /// - Throws: Where libjpeg-turbo cannot be set up. The browser and the feed are then still the caller's to end.
  init(
    plan: SessionPlan, browser: any RunningBrowser, desk: any PortalDesk,
    clock: any SessionClock = SystemSessionClock(), limits: SessionLimits = SessionLimits(),
    feed: TapeFeed? = nil
  ) throws {
    self.plan = plan
    self.browser = browser
    self.desk = desk
    self.clock = clock
    self.limits = limits
    self.feed = feed
    viewport = plan.viewport
    timers = SessionTimers(
      idle: plan.rules.idle, longest: plan.rules.longest, abandonedAfter: limits.abandonedAfter,
      at: clock.now)
    meters = SessionMeters(limits, at: clock.now)
    budget = ClipboardBudget(plan.rules.clipboardBudget)
    redacting = Redacting(plan.rules.redact)
    frames = try FrameStream(
      clock: clock, mark: plan.rules.watermark ? Self.mark(of: plan) : nil, feed: feed)
  }

  /// `ana 2026-11-21 15:16z 3fa9c2d1`.
  private static func mark(of plan: SessionPlan) -> @Sendable (Date) -> String {
    let (person, session) = (plan.person.text, String(plan.id.text.prefix(8)))
    return { date in
      let basic = Array(AWSDate.basic(date).utf8)
      guard basic.count >= 13 else { return "\(person) \(session)" }
      func text(_ range: Range<Int>) -> String { String(decoding: basic[range], as: UTF8.self) }
      let day = "\(text(0..<4))-\(text(4..<6))-\(text(6..<8))"
      return "\(person) \(day) \(text(9..<11)):\(text(11..<13))z \(session)"
    }
  }

  /// Opens the first tab. What goes wrong ends the session.
  public func start() async throws {
    let events = browser.devTools.events
    tasks.append(
      Task { [weak self] in
        for await (event, session) in events { await self?.take(event, of: session) }
        await self?.end(.browserEnded)
      })
    tasks.append(
      Task { [weak self, clock] in
        while !Task.isCancelled, self != nil {
          try? await clock.sleep(for: .seconds(1))
          await self?.tick()
        }
      })
    if let feed {
      tasks.append(
        Task { [weak self] in
          await feed.untilFailed()
          await self?.end(.unrecorded)
        })
    }
    do {
      if let licence = DownloadLicence(plan.rules) {
        try await browser.devTools.call(.catchDownloads(licence))
      }
      // From here on: pages by which the browser was tried are none of the session's.
      try await browser.devTools.call(.discoverTargets)
      try await openTab()
    } catch {
      await end(.browserEnded)
      throw error
    }
    await record(.sessionStarted)
  }

  /// Shows the session to a client, which takes the place of an earlier one.
  public func connect(details: [String: String] = [:]) async -> SessionConnection {
    clients += 1
    let outbox = Outbox()
    let connection = SessionConnection(outbox: outbox, number: clients, session: self)
    if let ended {
      outbox.close(with: .ended(ended, Self.explanation(of: ended)))
      return connection
    }
    client?.outbox.close(with: .ended(.elsewhere, Self.explanation(of: .elsewhere)))
    releaseAll()
    client = Client(number: clients, outbox: outbox)
    // What was typed and pasted counts on: a client that comes again and again gets no new measure each time.
    timers.connect()
    timers.touch(at: clock.now)
    greet()
    await frames.attach(outbox) { [weak self] in await self?.startScreencast() }
    startScreencast()
    await record(.sessionConnected, details)
    return connection
  }

  /// A client is gone; the session waits for it.
  func disconnected(_ number: Int) async {
    guard client?.number == number, ended == nil else { return }
    releaseAll()
    incoming = nil
    client = nil
    timers.disconnect(at: clock.now)
    if let tab = tab(active) { send(.stopScreencast, to: tab) }
    await frames.detach()
    await record(.sessionDisconnected)
  }

  /// Ends the session: the client is told, the browser and its profile are gone, and the end is recorded.
  public func end(_ reason: ServerMessage.End) async {
    guard ended == nil else { return }
    ended = reason
    client?.outbox.close(with: .ended(reason, Self.explanation(of: reason)))
    client = nil
    for task in tasks { task.cancel() }
    tasks = []
    await frames.detach()
    await feed?.close()
    browser.end()
    await browser.wait()
    tabs = []
    shelf.clear()
    incoming = nil
    isDown = true
    for waiter in waiters { waiter.resume(returning: reason) }
    waiters = []
    await recordRedactions(atLast: true)
    await record(.sessionEnded, ["reason": "\(reason)"])
  }

  /// Suspends until the session is over and its browser gone.
  @discardableResult
  public func wait() async -> ServerMessage.End {
    if let ended, isDown { return ended }
    return await withCheckedContinuation { waiters.append($0) }
  }

  /// Whether the session is over.
  public var isOver: Bool { ended != nil }

  private func tick() async {
    let now = clock.now
    if let reason = timers.due(at: now) { return await end(reason) }
    endScripts(at: now)
    if let wanted = wantedViewport, meters.resizes.allows(at: now) { apply(wanted) }
    // A frame whose acknowledgement was lost would be the last: where none follows a start or what a person did, frames
    // start anew.
    if let since = [unanswered, awaited].compactMap({ $0 }).min(), now - since >= .seconds(2) {
      startScreencast()
    }
    tellClock()
    askAnew()
    await recordRedactions()
  }

  /// The client counts down by itself; it is told where its count would be wrong.
  func tellClock() {
    let left = timers.left(at: clock.now)
    if let told = toldClock {
      let passed = (clock.now - told.at).components.seconds
      guard abs(Int64(told.idle) - passed - Int64(left.idle)) > 5 else { return }
    }
    toldClock = (clock.now, left.idle)
    tell(.clock(idle: left.idle, longest: left.longest))
  }

  /// Says something to the client, if there is one.
  func tell(_ message: ServerMessage) { client?.outbox.push(message) }

  func tab(_ id: UInt32) -> Tab? { tabs.first { $0.id == id } }
  func index(ofSession session: String?) -> Int? { tabs.firstIndex { $0.session == session } }

  /// A command to a page whose result nobody needs.
  func send(_ command: DevToolsCommand, to tab: Tab) { browser.devTools.send(command, session: tab.session) }

  func record(_ kind: PortalEvent.Kind, _ details: [String: String] = [:]) async {
    await desk.record(
      PortalEvent(kind, person: plan.person, project: plan.project, session: plan.id, details: details))
  }

  /// Records what a page caused, as long as it does not flood; then how often it did, with the next one.
  func recordOfPage(_ kind: PortalEvent.Kind, _ details: [String: String] = [:]) async {
    guard meters.records.allows(at: clock.now) else {
      unrecorded += 1
      return
    }
    var details = details
    if unrecorded > 0 { details["unrecorded"] = String(unrecorded) }
    unrecorded = 0
    await record(kind, details)
  }

  /// What the person reads when it is over.
  static func explanation(of reason: ServerMessage.End) -> String {
    switch reason {
    case .closed: "You ended the session. What was saved in the project stays."
    case .idle: "Nobody did anything for too long. What was saved in the project stays."
    case .longest: "The session lasted as long as it may. Start a new one to go on."
    case .browserEnded: "The remote browser ended by itself. Start a new session to go on."
    case .abandoned: "No window came back in time. Start a new session to go on."
    case .revoked: "You are signed out, or may no longer work here."
    case .shuttingDown: "The environment is going down."
    case .elsewhere: "Another window shows this session now."
    case .unrecorded: "What is shown here must be recorded, and could not be. Tell the platform team."
    case .unreadable: "The recording is not as it was written."
    case .misspoke: "What the browser sent was not understood. Load the page again."
    }
  }
}

/// How much of everything there may be.
struct SessionMeters {
  var typing: Meter
  var pointers: Meter
  var keys: Meter
  var actions: Meter
  var resizes: Meter
  /// Refusals that the person is told of.
  var notices: [ServerMessage.Deed: Meter]
  var records: Meter
  var popups: Meter
  var files: Meter
  /// Letters of questions and names that reach the person as letters, where copying out is off.
  var words: Meter

  init(_ limits: SessionLimits, at now: Duration) {
    typing = Meter(capacity: limits.typing * 3, perSecond: Double(limits.typing), at: now)
    pointers = Meter(capacity: limits.pointers, perSecond: Double(limits.pointers), at: now)
    keys = Meter(capacity: 240, perSecond: 120, at: now)
    actions = Meter(capacity: 20, perSecond: 10, at: now)
    resizes = Meter(capacity: 4, perSecond: 4, at: now)
    notices = Dictionary(
      uniqueKeysWithValues: ServerMessage.Deed.allCases.map { deed in
        (deed, Meter(capacity: 4, perSecond: 0.25, at: now))
      })
    records = Meter(capacity: 40, perSecond: 2, at: now)
    words = Meter(capacity: 2_048, perSecond: 8, at: now)
    files = Meter(capacity: 6, perSecond: 0.5, at: now)
    popups = Meter(capacity: limits.popups, perSecond: Double(limits.popups) / 10, at: now)
  }
}
