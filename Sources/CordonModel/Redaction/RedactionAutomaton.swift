/// A pattern as a table that a script can follow one unit of text at a time, without ever going back.
public struct RedactionAutomaton: Sendable, Equatable {
  /// Where each class of units begins; the first is 0, the last goes to the end.
  public let classes: [UInt16]
  /// For a state and a class, the next state; 0 is the state that nothing leaves. The first is 1.
  public let table: [Int]
  /// For each state, whether a match may end there.
  public let accepts: [Bool]
  /// Whether a match begins, and ends, at the edge of a word.
  public let startsAtEdge: Bool
  /// At its end.
  public let endsAtEdge: Bool

  static let mostParts = 2_000
  static let mostStates = 600

  init(_ pattern: RedactionPattern) throws(RedactionPattern.Refusal) {
    var parts = PartGraph()
    let start = parts.node()
    let end = try parts.add(pattern.root, from: start)
    var bounds: Set<UInt16> = [0]
    for set in Set(parts.edges.flatMap { $0.map(\.on) }) {
      for range in set.ranges {
        bounds.insert(range.lowerBound)
        if range.upperBound < .max { bounds.insert(range.upperBound + 1) }
      }
    }
    let classes = bounds.sorted()
    var states = [[Int]: Int]()
    states[[]] = 0
    let first = parts.closure(of: [start])
    states[first] = 1
    var order = [[], first]
    var table = [Int](repeating: 0, count: classes.count)
    var next = 1
    while next < order.count {
      for unit in classes {
        let reached = order[next].flatMap { node in
          parts.edges[node].filter { $0.on.contains(unit) }.map(\.to)
        }
        let set = parts.closure(of: reached)
        if let known = states[set] {
          table.append(known)
          continue
        }
        guard order.count < Self.mostStates else {
          throw RedactionPattern.Refusal(rule: "it is too complex; split it, or make its repetitions shorter")
        }
        states[set] = order.count
        table.append(order.count)
        order.append(set)
      }
      next += 1
    }
    self.classes = classes
    self.table = table
    accepts = order.map { $0.contains(end) }
    startsAtEdge = pattern.startsAtEdge
    endsAtEdge = pattern.endsAtEdge
    guard !accepts[1] else {
      throw RedactionPattern.Refusal(
        rule: "it matches where nothing stands; write at least one letter that must be there")
    }
  }
}

/// Thompson's construction: nodes, edges that take a unit, and edges that take none.
private struct PartGraph {
  var edges: [[(on: UnitSet, to: Int)]] = []
  private var free: [[Int]] = []

  mutating func node() -> Int {
    edges.append([])
    free.append([])
    return edges.count - 1
  }

  /// Adds a part behind a node and gives the node behind it.
  mutating func add(_ part: RedactionPattern.Part, from start: Int) throws(RedactionPattern.Refusal) -> Int {
    guard edges.count < RedactionAutomaton.mostParts else {
      throw RedactionPattern.Refusal(rule: "it is too long; make its repetitions shorter")
    }
    switch part {
    case .unit(let set):
      let end = node()
      edges[start].append((set, end))
      return end
    case .sequence(let parts):
      var end = start
      for part in parts { end = try add(part, from: end) }
      return end
    case .choice(let ways):
      let end = node()
      for way in ways {
        let begin = node()
        free[start].append(begin)
        free[try add(way, from: begin)].append(end)
      }
      return end
    case .repeated(let part, let least, let most):
      var end = start
      for _ in 0..<least { end = try add(part, from: end) }
      guard let most else {
        let (loop, out) = (node(), node())
        free[end].append(loop)
        free[try add(part, from: loop)].append(loop)
        free[loop].append(out)
        return out
      }
      let out = node()
      free[end].append(out)
      for _ in least..<max(most, least) {
        end = try add(part, from: end)
        free[end].append(out)
      }
      return out
    }
  }

  /// The nodes that are reached without taking anything, in order.
  func closure(of nodes: [Int]) -> [Int] {
    var seen = Set(nodes)
    var waiting = nodes
    while let node = waiting.popLast() {
      for next in free[node] where seen.insert(next).inserted { waiting.append(next) }
    }
    return seen.sorted()
  }
}
