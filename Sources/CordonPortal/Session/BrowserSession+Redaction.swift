import CordonModel
import CordonPolicy

/// What a session hides from its pictures, and which picture waits to be told what.
struct Redacting {
  /// A frame that is shown only when it is known what of it is not.
  struct Held {
    var image: [UInt8]
    var viewport: Viewport
    var width: Double
    var at: Duration
    var tab: UInt32
  }

  /// How long a frame of a document may still come after the next one was begun.
  static let late = Duration.milliseconds(700)
  private static let recordedEvery = Duration.seconds(10)

  private let redactions: [Redaction]
  /// The newest frame that nobody asked about yet.
  var held: Held?
  /// Which question is the newest, and whether it has no answer yet.
  private(set) var asked = 0
  private var asking: (frame: Held, since: Duration)?
  /// The portal's world in each page.
  var worlds: [String: Int] = [:]
  private var last: [PageBox] = []
  private var before: (boxes: [PageBox], until: Duration) = ([], .zero)
  private var counts: [String: Int] = [:]
  private var recorded: Duration?

  init(_ redactions: [Redaction]) { self.redactions = redactions }

  /// Whether anything is hidden at all. Where not, no page gets a script and no frame waits.
  var isOn: Bool { !redactions.isEmpty }

  /// Whether a question has no answer yet.
  var isAsking: Bool { asking != nil }

  /// What a page is given before its own scripts.
  var commands: [DevToolsCommand] { isOn ? [.addRootTeller, .addRedactor(redactions)] : [] }

  /// A page's letters without what is hidden.
  func masked(_ text: String) -> String { Redaction.masked(text, of: redactions) }

  /// Another page is shown: what was asked about the one before is not waited for.
  mutating func begin() {
    (held, asking) = (nil, nil)
    asked &+= 1
    last = []
  }

  /// A question about a frame goes out.
  mutating func ask(about frame: Held, at now: Duration) -> Int {
    held = nil
    asking = (frame, now)
    asked &+= 1
    return asked
  }

  /// Its answer is there; false where nobody waits for it any more.
  mutating func answer(_ number: Int) -> Bool {
    guard number == asked, isAsking else { return false }
    asking = nil
    return true
  }

  /// A question that got no answer, since its document is gone or for `patience`, is asked again; true where there is one.
  mutating func giveUp(after patience: Duration, at now: Duration) -> Bool {
    guard let asking, now - asking.since >= patience else { return false }
    held = held ?? asking.frame
    self.asking = nil
    asked &+= 1
    return true
  }

  /// Another document comes: frames of the one before may still be on their way.
  mutating func leave(_ session: String, at now: Duration) {
    worlds[session] = nil
    before = (last, now + Self.late)
  }

  /// What is hidden in a frame, by what the page says of it.
  mutating func hide(_ places: HiddenText, in frame: Held) -> HiddenPlaces {
    for (name, count) in places.counts where redactions.contains(where: { $0.name.text == name }) {
      counts[name, default: 0] += min(max(count, 0), 1 << 20)
    }
    last = places.boxes
    let carried = frame.at < before.until ? before.boxes : []
    return HiddenPlaces(boxes: places.boxes + carried, isAll: places.isAll, pageWidth: places.width)
  }

  /// How often something was hidden since this was asked last; nil where nothing was, or it was asked just now.
  mutating func due(at now: Duration, atLast: Bool) -> [String: String]? {
    guard !counts.isEmpty, atLast || recorded.map({ now - $0 >= Self.recordedEvery }) ?? true else {
      return nil
    }
    defer { (counts, recorded) = ([:], now) }
    return counts.mapValues { String($0) }
  }
}

/// A page's answer to where the text is that is hidden.
struct HiddenText: Sendable, Equatable {
  var boxes: [PageBox]
  /// It could not be told.
  var isAll: Bool
  /// Nothing moved for as long as a frame may be on its way.
  var isSettled: Bool
  var width: Double
  /// Pixels of a picture for each of the page's.
  var scale: Double
  var counts: [String: Int]

  /// Reads an answer; nil where it is none, and nothing is shown for it. A box that is out of every bound is everything.
  init?(_ value: JSONValue?) {
    guard let value, let isAll = value["isAll"]?.bool, let isSettled = value["isSettled"]?.bool,
      let width = value["width"]?.double, let scale = value["scale"]?.double,
      case .array(let numbers)? = value["boxes"]?.content,
      case .object(let counts)? = value["counts"]?.content, counts.count <= Redaction.most
    else { return nil }
    let sides = numbers.compactMap(\.int)
    guard sides.count == numbers.count, sides.count.isMultiple(of: 4), sides.count <= 8_000 else {
      return nil
    }
    (self.isSettled, self.width, self.scale) = (isSettled, width, scale)
    self.isAll = isAll || !sides.allSatisfy { abs($0) <= PageBox.farthest }
    boxes =
      self.isAll
      ? []
      : stride(from: 0, to: sides.count, by: 4).map {
        PageBox(left: sides[$0], top: sides[$0 + 1], right: sides[$0 + 2], bottom: sides[$0 + 3])
      }
    self.counts = Dictionary(counts.compactMap { count in count.value.int.map { (count.name, $0) } }) { $1 }
  }
}

/// A frame is shown only after the page has said, later than the frame came, where the text was that is hidden: from half a
/// second before the frame until then. Without an answer there is no picture.
extension BrowserSession {
  private static let again = Duration.milliseconds(100)

  /// Keeps the newest frame until it is known what of it is hidden.
  func hold(_ frame: Redacting.Held) {
    redacting.held = frame
    if !redacting.isAsking { askForPlaces() }
  }

  private func askForPlaces() {
    guard let frame = redacting.held, let tab = tab(frame.tab), tab.id == active else { return }
    let number = redacting.ask(about: frame, at: clock.now)
    let world = redacting.worlds[tab.session]
    Task { [weak self, browser, clock] in
      let answer = await browser.devTools.places(
        in: tab, world: world, since: max(0, Int((clock.now - frame.at) / .milliseconds(1))))
      await self?.take(answer, to: number, about: frame, of: tab)
    }
  }

  private func take(
    _ answer: (text: HiddenText, world: Int)?, to number: Int, about frame: Redacting.Held, of tab: Tab
  ) async {
    guard redacting.answer(number), ended == nil, client != nil, tab.id == active else { return }
    redacting.worlds[tab.session] = answer?.world
    guard let places = answer?.text else {
      // The page is between two documents, or has crashed: it is asked again as long as no newer frame came.
      if redacting.held == nil { redacting.held = frame }
      return Task { [weak self, clock] in
        try? await clock.sleep(for: Self.again)
        await self?.askAgain()
      }.forget()
    }
    let hidden = redacting.hide(places, in: frame)
    // A frame of another size is of a layout that nobody can say anything about; the next one comes with the new size.
    let isOfThisSize = abs(places.width * places.scale - frame.width) <= 2
    if isOfThisSize {
      await frames.offer(frame.image, viewport: frame.viewport, hiding: hidden)
    }
    if redacting.held != nil { return askForPlaces() }
    guard !places.isSettled || !isOfThisSize else { return }
    // What was hidden on the way stays hidden until there is a frame of a page that stands still.
    Task { [weak self, clock, number = redacting.asked] in
      try? await clock.sleep(for: Redacting.late)
      await self?.settle(after: number)
    }.forget()
  }

  /// Asks again where an answer does not come: whoever waits for a document that is gone waits for ever.
  func askAnew(after patience: Duration = .seconds(2)) {
    if redacting.giveUp(after: patience, at: clock.now) { askForPlaces() }
  }

  private func askAgain() {
    if !redacting.isAsking, ended == nil { askForPlaces() }
  }

  private func settle(after number: Int) {
    if redacting.asked == number, redacting.held == nil, ended == nil { startScreencast() }
  }

  /// How often something was hidden, and never what.
  func recordRedactions(atLast: Bool = false) async {
    guard let counts = redacting.due(at: clock.now, atLast: atLast) else { return }
    await record(.textRedacted, counts)
  }
}

extension Task {
  /// It goes on by itself.
  fileprivate func forget() {}
}

extension DevToolsConnection {
  /// What a page answers, and the number of the portal's world in it.
  fileprivate func places(in tab: BrowserSession.Tab, world: Int?, since: Int) async -> (
    text: HiddenText, world: Int
  )? {
    var number = world
    if number == nil {
      number =
        (try? await call(.isolatedWorld(frame: tab.target), session: tab.session))?["executionContextId"]?.int
    }
    guard let number,
      let answer = try? await call(.call(.places(since: since), world: number), session: tab.session),
      let text = HiddenText(answer["result"]?["value"])
    else { return nil }
    return (text, number)
  }
}
