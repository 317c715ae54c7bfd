import CordonModel

/// Every page and action of the portal. What is not here is not found, whoever asks.
enum Route: Sendable, Hashable {
  case home
  case signIn
  case signOut
  /// Sends the browser to the organisation's sign-in.
  case organization
  /// Where the organisation sends it back to.
  case callback
  /// First sign-in by a one-time link.
  case welcome(invitation: String)
  case projects
  /// Opens or resumes the session of a project.
  case open(project: Slug)
  case session(id: String)
  /// A single-use ticket for the session's stream.
  case ticket(session: String)
  /// The stream itself, a WebSocket.
  case stream(session: String)
  case end(session: String)
  /// A file that a session offers.
  case file(session: String, file: String)
  /// The recordings that a person may watch.
  case recordings
  /// The page that plays one, its ticket and its stream.
  case recording(session: String)
  case recordingTicket(session: String)
  case recordingStream(session: String)
  case denials
  case help
  /// Password and places where one is signed in.
  case account
  case password
  case signOutEverywhere
  /// A file of ours, by the digest of its bytes.
  case asset(digest: String, name: String)

  /// A way that a page may be asked for.
  enum Method: String, Sendable { case get = "GET", post = "POST" }

  /// Reads a path. Letters, digits, `-`, `_`, `.` and `/` only: nothing is decoded, so nothing can mean two things.
  init?(path: String) {
    guard path.utf8.count <= 512, path.utf8.allSatisfy(Self.isPathByte) else { return nil }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    switch (parts.count, parts.first) {
    case (1, ""): self = .home
    case (1, "sign-in"): self = .signIn
    case (1, "sign-out"): self = .signOut
    case (1, "projects"): self = .projects
    case (1, "recordings"): self = .recordings
    case (1, "denials"): self = .denials
    case (1, "help"): self = .help
    case (1, "account"): self = .account
    case (2, "account"):
      switch parts[1] {
      case "password": self = .password
      case "sign-out-everywhere": self = .signOutEverywhere
      default: return nil
      }
    case (2, "sign-in"):
      switch parts[1] {
      case "organization": self = .organization
      case "callback": self = .callback
      default: return nil
      }
    case (2, "welcome") where Self.isToken(parts[1]): self = .welcome(invitation: parts[1])
    case (3, "projects") where parts[2] == "session":
      guard let project = try? Slug(parts[1]) else { return nil }
      self = .open(project: project)
    case (2, "session") where Self.isID(parts[1]): self = .session(id: parts[1])
    case (3, "session") where Self.isID(parts[1]):
      switch parts[2] {
      case "ticket": self = .ticket(session: parts[1])
      case "stream": self = .stream(session: parts[1])
      case "end": self = .end(session: parts[1])
      default: return nil
      }
    case (2, "recordings") where Self.isID(parts[1]): self = .recording(session: parts[1])
    case (3, "recordings") where Self.isID(parts[1]):
      switch parts[2] {
      case "ticket": self = .recordingTicket(session: parts[1])
      case "stream": self = .recordingStream(session: parts[1])
      default: return nil
      }
    case (4, "session") where Self.isID(parts[1]) && parts[2] == "file" && Self.isID(parts[3]):
      self = .file(session: parts[1], file: parts[3])
    case (3, "assets"): self = .asset(digest: parts[1], name: parts[2])
    default: return nil
    }
  }

  /// The path.
  var path: String {
    switch self {
    case .home: "/"
    case .signIn: "/sign-in"
    case .signOut: "/sign-out"
    case .organization: "/sign-in/organization"
    case .callback: "/sign-in/callback"
    case .welcome(let invitation): "/welcome/\(invitation)"
    case .projects: "/projects"
    case .open(let project): "/projects/\(project.text)/session"
    case .session(let id): "/session/\(id)"
    case .ticket(let id): "/session/\(id)/ticket"
    case .stream(let id): "/session/\(id)/stream"
    case .end(let id): "/session/\(id)/end"
    case .file(let id, let file): "/session/\(id)/file/\(file)"
    case .recordings: "/recordings"
    case .recording(let id): "/recordings/\(id)"
    case .recordingTicket(let id): "/recordings/\(id)/ticket"
    case .recordingStream(let id): "/recordings/\(id)/stream"
    case .denials: "/denials"
    case .help: "/help"
    case .account: "/account"
    case .password: "/account/password"
    case .signOutEverywhere: "/account/sign-out-everywhere"
    case .asset(let digest, let name): "/assets/\(digest)/\(name)"
    }
  }

  /// How it may be asked for. `HEAD` is allowed wherever `GET` is.
  var methods: [Method] {
    switch self {
    case .signIn, .welcome: [.get, .post]
    case .signOut, .password, .signOutEverywhere, .open, .ticket, .end, .recordingTicket: [.post]
    default: [.get]
    }
  }

  /// Whether it is for people who are signed in.
  var needsPerson: Bool {
    switch self {
    case .projects, .open, .session, .ticket, .stream, .end, .file, .recordings, .recording, .recordingTicket,
      .recordingStream, .denials, .help, .account, .password, .signOutEverywhere:
      true
    case .home, .signIn, .signOut, .organization, .callback, .welcome, .asset: false
    }
  }

  /// Whether it is a WebSocket's.
  var isStream: Bool {
    switch self {
    case .stream, .recordingStream: true
    default: false
    }
  }

  private static func isPathByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "/"):
      true
    default: false
    }
  }

  /// 128 random bits in lower-case hexadecimal.
  static func isID(_ text: String) -> Bool {
    text.utf8.count == 32
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }

  private static func isToken(_ text: String) -> Bool {
    (16...256).contains(text.utf8.count) && !text.contains(".")
  }
}
