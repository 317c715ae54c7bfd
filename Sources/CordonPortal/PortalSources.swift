public import CordonModel

/// One project of a person's, as the portal shows and opens it.
public struct PortalProject: Sendable, Equatable {
  /// The project.
  public var name: Slug
  /// The workspace whose notebook a session shows.
  public var workspace: Slug
  /// What may cross a session's boundary, and how long it lasts.
  public var rules: BrowserRules
  /// The page that a session starts with.
  public var home: PageAddress
  /// What can cross the boundary of a session, each with its reason and the line of the spec that says so.
  public var crossings: [PortalCrossing]
  /// When the person last worked in it, in seconds since 1970.
  public var lastUsed: Int64?

  /// Describes a project.
  public init(
    name: Slug, workspace: Slug, rules: BrowserRules, home: PageAddress, crossings: [PortalCrossing],
    lastUsed: Int64? = nil
  ) {
    self.name = name
    self.workspace = workspace
    self.rules = rules
    self.home = home
    self.crossings = crossings
    self.lastUsed = lastUsed
  }
}

/// One way across a session's boundary, as people read it.
public struct PortalCrossing: Sendable, Equatable {
  /// What it is called, e.g. "Copy out".
  public var name: String
  /// Whether the rules open it.
  public var isOpen: Bool
  /// Why it is open or closed, and what to do instead.
  public var reason: String
  /// The spec's key, e.g. `browser.clipboard.out`.
  public var key: String
  /// Where the spec says so, e.g. `cordon.yaml:12`; nil where it is the default.
  public var place: String?

  /// Describes a way.
  public init(name: String, isOpen: Bool, reason: String, key: String, place: String? = nil) {
    self.name = name
    self.isOpen = isOpen
    self.reason = reason
    self.key = key
    self.place = place
  }
}

/// Which projects a person has. The portal holds no spec of its own.
public protocol ProjectSource: Sendable {
  /// The projects that this person works in, in the spec's order.
  func projects(of person: PortalPrincipal) async throws -> [PortalProject]
}

/// Something of a person's that was refused.
public struct PortalDenial: Sendable, Equatable {
  /// When, the last time, in seconds since 1970.
  public var at: Int64
  /// How often.
  public var times: Int
  /// In which project.
  public var project: Slug?
  /// What was blocked, e.g. "Download of results.csv".
  public var what: String
  /// Why.
  public var why: String
  /// What to do instead.
  public var advice: String
  /// The number by which an operator finds it.
  public var requestID: String

  /// Describes a refusal.
  public init(
    at: Int64, times: Int = 1, project: Slug? = nil, what: String, why: String, advice: String,
    requestID: String
  ) {
    self.at = at
    self.times = times
    self.project = project
    self.what = what
    self.why = why
    self.advice = advice
    self.requestID = requestID
  }
}

/// What was refused to one person. Whoever implements it reads the ledger; the portal itself cannot.
public protocol DenialSource: Sendable {
  /// The person's own denials before a place, newest first, at most `limit`.
  ///
  /// - Parameter end: A place that an answer named; nil for the newest ones.
  func denials(of person: Slug, before end: DenialPlace?, limit: Int) async throws -> DenialStretch
}

/// One stretch of a person's denials.
public struct DenialStretch: Sendable, Equatable {
  /// What was refused, newest first, each kind once with its number.
  public var denials: [PortalDenial]
  /// Where what is older begins; nil where nothing is.
  public var older: DenialPlace?

  /// Describes a stretch.
  public init(_ denials: [PortalDenial], older: DenialPlace? = nil) {
    self.denials = denials
    self.older = older
  }
}

/// A place among everybody's records, by a number that only its source understands.
public struct DenialPlace: Sendable, Equatable {
  /// The number.
  public var number: Int64

  /// Names a place.
  public init(_ number: Int64) { self.number = number }
}
