public import CordonPolicy

/// What Chromium tells, as far as the portal listens.
public enum DevToolsEvent: Sendable, Equatable {
  /// A page's picture: JPEG bytes, its number for the acknowledgement, and the page's size in CSS pixels.
  case frame(image: [UInt8], number: Int, width: Double, height: Double)
  /// A page opened or changed.
  case target(id: String, kind: String, title: String, address: String, opener: String?)
  /// A page closed.
  case targetClosed(id: String)
  /// A page's renderer crashed.
  case targetCrashed(id: String)
  /// The pipe speaks with a page.
  case attached(session: String, target: String)
  /// It no longer does.
  case detached(session: String)
  /// A page asks with `alert`, `confirm`, `prompt` or `beforeunload`.
  case dialog(kind: String, message: String, preset: String)
  /// The dialog is gone.
  case dialogClosed
  /// The page's main frame shows another document.
  case navigated(address: String)
  /// A page wants to download.
  case download(id: String, address: String, name: String)
  /// How a download goes on.
  case downloadState(id: String, DownloadState, received: Int, total: Int)
  /// A page asks for a file, in a field with this number; no chooser opens.
  case fileChooser(field: Int?)
  /// The portal's script in a page tells the pointer's shape or where text is typed. A page may have written it.
  case told(String)
  /// Something else.
  case other(String)

  /// Where a download stands.
  public enum DownloadState: String, Sendable, CaseIterable {
    case inProgress, completed, canceled
  }
}

/// One message out of the debugging pipe.
public enum DevToolsMessage: Sendable, Equatable {
  /// The answer to a command.
  case reply(id: Int, result: JSONValue)
  /// A command that failed.
  case failure(id: Int, text: String)
  /// An event, with the session of the page it is about.
  case event(DevToolsEvent, session: String?)

  /// Reads a message; nil where it is none. The browser shows hostile pages: nothing in it is believed but its shape.
  public init?(_ bytes: [UInt8]) {
    var bytes = bytes
    let image = FrameData.cut(out: &bytes)
    let limits = JSONLimits(bytes: Self.longest, depth: 64)
    guard let value = try? JSONValue(parsing: bytes, limits: limits) else {
      // An answer that cannot be read is none: whoever waits for it hears so, instead of waiting for ever.
      guard let id = Self.leadingNumber(of: bytes) else { return nil }
      self = .failure(id: id, text: "its answer cannot be read")
      return
    }
    if let id = value["id"]?.int {
      if let error = value["error"] {
        self = .failure(id: id, text: error["message"]?.text ?? "failed")
      } else {
        self = .reply(id: id, result: value["result"] ?? .object([]))
      }
      return
    }
    guard let method = value["method"]?.text else { return nil }
    let event = DevToolsEvent(method, value["params"] ?? .object([]), image: image)
    self = .event(event, session: value["sessionId"]?.text)
  }
}

extension DevToolsMessage {
  /// How long a message may be without its picture, in bytes.
  static let longest = 8 << 20

  /// The number of the command that a message answers, which Chromium writes first; nil where it begins otherwise.
  private static func leadingNumber(of bytes: [UInt8]) -> Int? {
    let mark = Array(#"{"id":"#.utf8)
    guard bytes.starts(with: mark) else { return nil }
    let digits = bytes.dropFirst(mark.count).prefix(10).prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}

extension DevToolsEvent {
  fileprivate init(_ method: String, _ params: JSONValue, image: [UInt8]?) {
    switch method {
    case "Page.screencastFrame":
      guard let image, let number = params["sessionId"]?.int else { self = .other(method); return }
      self = .frame(
        image: image, number: number, width: params["metadata"]?["deviceWidth"]?.double ?? 0,
        height: params["metadata"]?["deviceHeight"]?.double ?? 0)
    case "Target.targetCreated", "Target.targetInfoChanged":
      guard let info = params["targetInfo"], let id = info["targetId"]?.text else {
        self = .other(method); return
      }
      self = .target(
        id: id, kind: info["type"]?.text ?? "", title: info["title"]?.text ?? "",
        address: info["url"]?.text ?? "",
        opener: info["openerId"]?.text)
    case "Target.targetDestroyed": self = .targetClosed(id: params["targetId"]?.text ?? "")
    case "Target.targetCrashed": self = .targetCrashed(id: params["targetId"]?.text ?? "")
    case "Target.attachedToTarget":
      self = .attached(
        session: params["sessionId"]?.text ?? "", target: params["targetInfo"]?["targetId"]?.text ?? "")
    case "Target.detachedFromTarget": self = .detached(session: params["sessionId"]?.text ?? "")
    case "Page.javascriptDialogOpening":
      self = .dialog(
        kind: params["type"]?.text ?? "alert", message: params["message"]?.text ?? "",
        preset: params["defaultPrompt"]?.text ?? "")
    case "Page.javascriptDialogClosed": self = .dialogClosed
    case "Page.frameNavigated":
      guard params["frame"]?["parentId"] == nil else { self = .other(method); return }
      self = .navigated(address: params["frame"]?["url"]?.text ?? "")
    case "Browser.downloadWillBegin":
      self = .download(
        id: params["guid"]?.text ?? "", address: params["url"]?.text ?? "",
        name: params["suggestedFilename"]?.text ?? "")
    case "Browser.downloadProgress":
      guard let id = params["guid"]?.text,
        let state = (params["state"]?.text).flatMap({ DownloadState(rawValue: $0) })
      else { self = .other(method); return }
      self = .downloadState(
        id: id, state, received: Int(clamped: params["receivedBytes"]?.double),
        total: Int(clamped: params["totalBytes"]?.double))
    case "Page.fileChooserOpened": self = .fileChooser(field: params["backendNodeId"]?.int)
    case "Runtime.bindingCalled":
      guard params["name"]?.text == PageWatcher.binding, let text = params["payload"]?.text,
        text.utf8.count <= 1_024
      else { self = .other(method); return }
      self = .told(text)
    default: self = .other(method)
    }
  }
}

extension Int {
  /// A number of bytes as Chromium writes it; what is none is 0, and what no memory holds is the largest.
  fileprivate init(clamped number: Double?) {
    guard let number, number > 0 else { self = 0; return }
    self = number < 1e15 ? Int(number) : .max
  }
}

extension JSONValue {
  /// The number, if this is one.
  var double: Double? {
    if case .number(let text) = content { Double(text) } else { nil }
  }
}
