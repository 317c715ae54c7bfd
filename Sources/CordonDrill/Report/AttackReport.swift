/// What came of a route.
public enum RouteVerdict: String, Sendable, Codable, CaseIterable {
  /// Every try was repelled, and each had reached its goal where nothing was in the way.
  case closed
  /// A secret got through.
  case breach
  /// Nothing got through, but nothing proves that it could have.
  case inconclusive
  /// This machine has no such facility; said of an attempt, never of a route.
  case nothingToAttack = "nothing to attack"
  /// No attack walks this route yet.
  case notYetCovered = "not yet covered"
}

/// One attempt with what was seen of it.
public struct AttemptReport: Sendable, Codable, Equatable {
  /// What was done.
  public var name: String
  /// How many tries it made.
  public var tries: Int
  /// What came of it.
  public var verdict: RouteVerdict
  /// The command's last words, for whoever looks closer; they decide nothing.
  public var observed: String
  /// Where the secret arrived and in which spelling, or why nothing can be said.
  public var because: String?
}

/// One row of the table.
public struct RouteReport: Sendable, Codable, Equatable {
  /// The route's name.
  public var route: String
  /// The path it belongs to.
  public var path: Path
  /// What is tried.
  public var title: String
  /// How many tries were made.
  public var attempts: Int
  /// What came of it.
  public var verdict: RouteVerdict
  /// The control that is expected to close it.
  public var closedBy: String
  /// Each attempt.
  public var evidence: [AttemptReport]
}

/// What `cordon attack` found.
public struct AttackReport: Sendable, Equatable {
  /// What was switched off on purpose.
  public var weakened: [WeakenableControl]
  /// The routes, grouped by path.
  public var routes: [RouteReport]
  /// What concerns no single route.
  public var notes: [String]
  /// How long it took.
  public var seconds: Double

  /// The worst of all rows that were walked.
  public var verdict: RouteVerdict {
    let found = Set(routes.map(\.verdict))
    if found.contains(.breach) { return .breach }
    return found.contains(.inconclusive) || !found.contains(.closed) ? .inconclusive : .closed
  }

  /// 0 closed, 1 a breach, 3 inconclusive.
  public var exitCode: Int32 {
    switch verdict {
    case .closed: 0
    case .breach: 1
    case .inconclusive, .nothingToAttack, .notYetCovered: 3
    }
  }
}

/// What `cordon attack --weaken all-in-turn` found: whether the suite notices each control that is off.
public struct SelfTestReport: Sendable, Equatable {
  /// One weakened run.
  public struct Row: Sendable, Codable, Equatable {
    /// What was switched off.
    public var control: WeakenableControl
    /// The attack that got through; nil when none did, which is a failure of the suite or of the switch.
    public var breachedBy: String?
    /// How, or what was tried in vain.
    public var because: String
    /// How long the run took.
    public var seconds: Double
  }

  /// The runs, in the order of the controls.
  public var rows: [Row]
  /// How long all of it took.
  public var seconds: Double

  /// 0 when each control's absence was noticed, 1 otherwise.
  public var exitCode: Int32 { rows.allSatisfy { $0.breachedBy != nil } ? 0 : 1 }
}
