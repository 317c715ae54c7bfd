import FoundationEssentials

/// What the browser table came to.
public struct BrowserReport: Sendable, Equatable {
  /// One attempt.
  public struct Row: Sendable, Codable, Equatable {
    /// What was tried.
    public var name: String
    /// The path that it belongs to.
    public var path: Path
    /// Where it got with nothing in the way; nil nowhere.
    public var open: String?
    /// Where it got in a network with a proxy only.
    public var bare: String?
    /// Where it got with the policy as well.
    public var locked: String?
    /// Where it got in reach of everything with the policy alone.
    public var alone: String?
    /// What should have stopped it there; nil where that was not tried.
    public var expectedAlone: BrowserStop?
    /// What stopped it; nil where nothing did that should have.
    public var stoppedBy: BrowserStop?
    /// What should have.
    public var expected: BrowserStop
    /// `closed` where the expected thing stopped it; `breach` where it got through; `inconclusive` where something else stopped
    /// it, so that nothing shows what the expected one does; `nothing to attack` where it gets nowhere anyway; nil where it is
    /// another control's to stop, of which this table proves nothing.
    public var verdict: RouteVerdict?

    init(_ attempt: BrowserAttempt, _ trail: BrowserTrail) {
      name = attempt.name
      path = attempt.path
      let count = BrowserSetting.allCases.count
      let reached = trail.reached + Array(repeating: nil, count: max(0, count - trail.reached.count))
      (open, bare, locked, alone) = (reached[0], reached[1], reached[2], reached[3])
      (expected, expectedAlone) = (attempt.stop, attempt.alone)
      stoppedBy = Self.stop(open: open, bare: bare, locked: locked, expected: expected)
      verdict = Self.verdict(stoppedBy, expected: expected)
      if verdict == .closed, let expectedAlone {
        verdict = Self.verdict(alone: Self.stop(alone: alone), expected: expectedAlone)
      }
    }

    /// What stops it where only the policy is in force: what got through there is the network's.
    static func stop(alone: String?) -> BrowserStop {
      guard let alone else { return .policy }
      return alone == BrowserHouse.proxyLabel ? .gateway : .network
    }

    static func verdict(alone stop: BrowserStop, expected: BrowserStop) -> RouteVerdict {
      if stop == expected { return .closed }
      return stop == .network ? .breach : .inconclusive
    }

    static func verdict(_ stop: BrowserStop?, expected: BrowserStop) -> RouteVerdict? {
      guard let stop else { return .breach }
      guard stop == expected else { return .inconclusive }
      switch stop {
      case .chromium: return .nothingToAttack
      case .network, .policy: return .closed
      case .gateway, .portal, .session: return nil
      }
    }

    /// The first thing whose presence made the difference.
    static func stop(open: String?, bare: String?, locked: String?, expected: BrowserStop) -> BrowserStop? {
      if let locked {
        switch expected {
        // What the gateway is to refuse must have come by it.
        case .gateway: return locked == BrowserHouse.proxyLabel ? .gateway : nil
        case .portal, .session: return expected
        case .chromium, .network, .policy: return nil
        }
      }
      if bare != nil { return .policy }
      return open != nil ? .network : .chromium
    }
  }

  /// The attempts, in the order of the table.
  public var rows: [Row]
  /// How long it took.
  public var seconds: Double

  /// 0 where each attempt was stopped by what should stop it, 1 where one got through, 3 where nothing can be said of one.
  public var exitCode: Int32 {
    if rows.contains(where: { $0.verdict == .breach }) { return 1 }
    return rows.contains { $0.verdict == .inconclusive } || !rows.contains { $0.verdict == .closed } ? 3 : 0
  }
}

extension ReportFormat {
  /// The browser table: how far each attempt got in each browser, and what stopped it.
  public static func table(_ report: BrowserReport) -> String {
    var table = TextTable()
    table.add(["path", "attempt", "open", "bare", "locked", "policy alone", "stopped by", "verdict"])
    for row in report.rows {
      var marks = [row.open, row.bare, row.locked, row.alone].map { place in
        place.map { $0 == BrowserHouse.proxyLabel ? "at the proxy" : "through" } ?? "-"
      }
      if row.expectedAlone == nil { marks[3] = "" }
      let verdict = row.verdict?.rawValue ?? "-"
      let said = row.verdict == .inconclusive ? "\(verdict), expected: \(row.expected.rawValue)" : verdict
      table.add([row.path.rawValue, row.name] + marks + [row.stoppedBy?.rawValue ?? "nothing", said])
    }
    let seconds = Int(report.seconds.rounded())
    let counted = [RouteVerdict.closed, .breach, .inconclusive, .nothingToAttack].map { verdict in
      "\(report.rows.count { $0.verdict == verdict }) \(verdict.rawValue)"
    }
    let left = report.rows.count { $0.verdict == nil }
    return table.text
      + "\(report.rows.count) attempts: \(counted.joined(separator: ", ")), \(left) left to others; "
      + "\(seconds) s\n"
  }

  private struct BrowserShape: Encodable {
    var version = 1
    var kind = "browser"
    var seconds: Double
    var rows: [BrowserReport.Row]
  }

  /// The browser table in a stable shape.
  public static func json(_ report: BrowserReport) -> String {
    encoded(BrowserShape(seconds: rounded(report.seconds), rows: report.rows))
  }
}
