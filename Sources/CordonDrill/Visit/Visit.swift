import FoundationEssentials

/// What a person tries through the portal: the fields of one hostile page, with a secret for every browser that opens it.
struct Visit: Sendable {
  /// Which browser a secret is for.
  enum Side: String, Sendable, CaseIterable {
    /// One with nothing in the way: the control.
    case open
    /// One that has the environment's policy, and whose disk can be looked at.
    case locked
    /// The one behind the portal.
    case inside
  }

  /// One attempt.
  struct Field: Sendable {
    var attack: String
    var attempt: BrowserAttempt
    var secrets: [Side: Canary]
  }

  /// The person, whom no spec knows.
  static let person = "drill-visitor"
  /// Where the twin's portal listens.
  static let port: UInt16 = 8_444

  let fields: [Field]
  /// What the twin takes for JupyterLab.
  let notebook: String

  /// Writes the pages; nil where no attack has any.
  ///
  /// - Parameters:
  ///   - folder: The drill's own folder.
  ///   - name: Tells apart the visits of several twins.
  init?(_ attacks: [Attack], folder: String, name: String) throws(DrillError) {
    // A window of its own hides the fields behind it, so that it comes last.
    let fields = attacks.flatMap { attack in
      attack.visits.map { attempt in
        Field(
          attack: attack.id, attempt: attempt,
          secrets: Dictionary(uniqueKeysWithValues: Side.allCases.map { ($0, Canary()) }))
      }
    }.sorted { !$0.attempt.opensWindow && $1.attempt.opensWindow }
    guard !fields.isEmpty else { return nil }
    self.fields = fields
    notebook = "\(folder)/notebook-\(name)"
    try Files.makeFolder("\(notebook)/bin")
    for (side, path) in [
      (Side.open, "\(folder)/attempts-open.json"), (.locked, "\(folder)/attempts-locked.json"),
      (.inside, "\(notebook)/attempts.json"),
    ] {
      try Files.write(
        try HostilePage.scripts(
          fields.compactMap { field in field.secrets[side].map { (field.attempt, $0) } }),
        to: path)
    }
    try Files.write(HostilePage.notebook, to: "\(notebook)/bin/python")
    try Tool.run(["chmod", "-R", "u=rwX,go=rX", notebook])
    try Tool.run(["chmod", "755", "\(notebook)/bin/python"])
  }

  /// The places of an attack's fields, in the order of its attempts.
  func places(of attack: Attack) -> [Int] {
    attack.visits.compactMap { attempt in
      fields.firstIndex { $0.attack == attack.id && $0.attempt.name == attempt.name }
    }
  }
}

extension BrowserAttempt {
  /// Whether it opens a window over the page.
  fileprivate var opensWindow: Bool {
    if case .script(let script) = act { script.hasPrefix("open(") } else { false }
  }
}
