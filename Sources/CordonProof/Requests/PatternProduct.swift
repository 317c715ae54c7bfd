import CordonPolicy

/// The product automaton of many patterns: finds, for every set of them that some text matches, a shortest such text.
///
/// A state is the list of places where patterns may stand. Patterns part soon, so the lists get short soon.
struct PatternProduct {
  private struct Step {
    enum Kind { case scalar, folded, one, run, end }
    var kind: Kind
    var scalar: Unicode.Scalar = "\0"
    var set = CharacterKind.all
    var pattern: Int32
  }

  private var steps: [Step] = []
  private var starts: [Int32] = []
  private let required: Int?
  private var needsColon = false
  private var needsDigits = false

  /// - Parameter required: The pattern that a text must match to be of interest.
  init(_ patterns: [[ShapeToken]], required: Int? = nil) {
    self.required = required
    for (number, tokens) in patterns.enumerated() {
      starts.append(Int32(steps.count))
      for token in tokens { add(token, to: Int32(number)) }
      steps.append(Step(kind: .end, pattern: Int32(number)))
    }
  }

  private mutating func add(_ token: ShapeToken, to pattern: Int32) {
    switch token {
    case .pattern(.scalar(let scalar)): steps.append(Step(kind: .scalar, scalar: scalar, pattern: pattern))
    case .pattern(.folded(let scalar)): steps.append(Step(kind: .folded, scalar: scalar, pattern: pattern))
    case .pattern(.one(let crosses)): add(.one(crosses ? .all : .segment), to: pattern)
    case .pattern(.run(let crosses)): add(.run(crosses ? .all : .segment), to: pattern)
    case .one(let set):
      note(set)
      steps.append(Step(kind: .one, set: set, pattern: pattern))
    case .run(let set):
      note(set)
      steps.append(Step(kind: .run, set: set, pattern: pattern))
    }
  }

  private mutating func note(_ set: CharacterKind) {
    if set == .digits { needsDigits = true }
    if set != .all { needsColon = true }
  }

  /// The product in ASCII: two with the same spelling are the same.
  var spelled: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(steps.count + 8)
    for step in steps {
      switch step.kind {
      case .scalar where (0x20..<0x7F).contains(step.scalar.value): bytes.append(UInt8(step.scalar.value))
      case .scalar: bytes += "\u{1}\(step.scalar.value) ".utf8
      case .folded: bytes += "\u{2}\(step.scalar.value) ".utf8
      case .one: bytes += [3, 0x30 + step.set.rawValue]
      case .run: bytes += [4, 0x30 + step.set.rawValue]
      case .end: bytes.append(5)
      }
    }
    return String(decoding: bytes, as: UTF8.self) + (required.map { "\($0)" } ?? "")
  }

  /// Calls `found` with a shortest text for every set of patterns that some text matches.
  ///
  /// - Parameter budget: States that may be looked at; what is left of them is written back.
  /// - Returns: False where the budget ended the search, or `found` did by returning false.
  func explore(budget: inout Int, _ found: (String) -> Bool) -> Bool {
    var run = Run(product: self)
    var seenAccepts = Set<[Int32]>()
    var at = 0
    run.enter(from: -1, by: "\0", threads: run.closure(starts))
    while at < run.states.count {
      guard budget > 0 else { return false }
      budget -= 1
      let threads = run.states[at].threads
      let accepted = accepted(threads)
      if required.map({ accepted.contains(Int32($0)) }) ?? true, seenAccepts.insert(accepted).inserted {
        guard found(run.text(at)) else { return false }
      }
      let scalars = alphabet(threads)
      // A state where many patterns stand costs as much as many states.
      budget -= threads.count * scalars.count / 64
      for scalar in scalars {
        let next = run.step(threads, scalar)
        guard isAlive(next) else { continue }
        run.enter(from: at, by: scalar, threads: next)
      }
      at += 1
    }
    return true
  }

  /// Whether the first pattern matches the whole of `text`.
  func matches(_ text: String) -> Bool {
    let run = Run(product: self)
    var threads = run.closure(starts)
    for scalar in text.unicodeScalars {
      threads = run.step(threads, scalar)
      if threads.isEmpty { return false }
    }
    return accepted(threads).contains(0)
  }

  private func isAlive(_ threads: [Int32]) -> Bool {
    guard let required else { return true }
    return threads.contains { steps[Int($0)].pattern == required }
  }

  private func accepted(_ threads: [Int32]) -> [Int32] {
    var accepted: [Int32] = []
    for thread in threads {
      let step = steps[Int(thread)]
      if step.kind == .end || isFinalRun(thread) { accepted.append(step.pattern) }
    }
    return accepted
  }

  /// A `*` that ends its pattern: whatever follows, the pattern matches.
  private func isFinalRun(_ thread: Int32) -> Bool {
    let step = steps[Int(thread)]
    return step.kind == .run && step.set == .all && steps[Int(thread) + 1].kind == .end
  }

  /// The characters that some pattern waits for, and one for each kind of those that none does.
  private func alphabet(_ threads: [Int32]) -> [Unicode.Scalar] {
    var wanted: [Unicode.Scalar] = []
    func want(_ scalar: Unicode.Scalar) { if !wanted.contains(scalar) { wanted.append(scalar) } }
    for thread in threads {
      let step = steps[Int(thread)]
      switch step.kind {
      case .scalar: want(step.scalar)
      case .folded:
        want(step.scalar)
        if let upper = String(step.scalar).uppercased().unicodeScalars.first { want(upper) }
        // U+212A is a `k` to whoever ignores case.
        if step.scalar == "k" { want("\u{212A}") }
      case .one, .run, .end: continue
      }
    }
    let named = wanted
    if let letter = Self.letters.first(where: { !named.contains($0) }) { wanted.append(letter) }
    if needsDigits, let digit = Self.digits.first(where: { !named.contains($0) }) { wanted.append(digit) }
    if needsColon, !named.contains(":") { wanted.append(":") }
    return wanted
  }

  private static let letters: [Unicode.Scalar] =
    Array("abcdefghijklmnopqrstuvwxyz-_.ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+=@,!#".unicodeScalars)
    + (0xA1...0x24F).compactMap(Unicode.Scalar.init)
  private static let digits: [Unicode.Scalar] = Array("9876543210".unicodeScalars)

  /// One exploration.
  private struct Run {
    struct State {
      var parent: Int
      var scalar: Unicode.Scalar
      var threads: [Int32]
    }

    let product: PatternProduct
    var states: [State] = []
    private var known = Set<[Int32]>()

    init(product: PatternProduct) { self.product = product }

    mutating func enter(from parent: Int, by scalar: Unicode.Scalar, threads: [Int32]) {
      if known.insert(threads).inserted {
        states.append(State(parent: parent, scalar: scalar, threads: threads))
      }
    }

    func text(_ state: Int) -> String {
      var scalars: [Unicode.Scalar] = []
      var at = state
      while at > 0 {
        scalars.append(states[at].scalar)
        at = states[at].parent
      }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars.reversed())
      return String(text)
    }

    func step(_ threads: [Int32], _ scalar: Unicode.Scalar) -> [Int32] {
      var next: [Int32] = []
      for thread in threads {
        let step = product.steps[Int(thread)]
        switch step.kind {
        case .scalar: if step.scalar == scalar { next.append(thread + 1) }
        case .folded: if PatternProduct.folds(scalar, to: step.scalar) { next.append(thread + 1) }
        case .one: if step.set.contains(scalar) { next.append(thread + 1) }
        case .run: if step.set.contains(scalar) { next.append(thread) }
        case .end: continue
        }
      }
      return closure(next)
    }

    /// The threads with those behind a `*` that takes nothing, in order, each once.
    ///
    /// Before a free `*` of the same pattern nothing counts: what it could still lead to, the `*` can.
    func closure(_ threads: [Int32]) -> [Int32] {
      var all: [Int32] = []
      for thread in threads {
        var at = thread
        all.append(at)
        while product.steps[Int(at)].kind == .run, !product.isFinalRun(at) {
          at += 1
          all.append(at)
        }
      }
      all.sort()
      var kept: [Int32] = []
      for thread in all {
        if kept.last == thread { continue }
        let step = product.steps[Int(thread)]
        if step.kind == .run, step.set == .all {
          while let last = kept.last, product.steps[Int(last)].pattern == step.pattern { kept.removeLast() }
        }
        kept.append(thread)
      }
      return kept
    }
  }

  private static func folds(_ scalar: Unicode.Scalar, to lower: Unicode.Scalar) -> Bool {
    scalar == lower || String(scalar).lowercased().unicodeScalars.elementsEqual(CollectionOfOne(lower))
  }
}
