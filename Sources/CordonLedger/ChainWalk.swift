import FoundationEssentials
import GRDB

/// Follows the hash chain record by record, and goes on after a break so that everything behind it is checked too.
struct ChainWalk {
  /// The position that comes next.
  private(set) var expected: Int64
  /// The hash of the record before it.
  private(set) var previous: LedgerHash

  init(expected: Int64, previous: LedgerHash) {
    self.expected = expected
    self.previous = previous
  }

  /// Takes the columns `n, prev, hash, body` of the next record in order.
  mutating func step(_ row: Row) -> [LedgerProblem] {
    let sequence = row.integer(0) ?? expected
    guard let stored = row.data(2).flatMap({ LedgerHash(bytes: $0) }),
      let link = row.data(1).flatMap({ LedgerHash(bytes: $0) }),
      let body = row.text(3)
    else {
      expected = sequence &+ 1
      return [.changed(sequence: sequence)]
    }
    return step(sequence, link: link, stored: stored, body: Array(body.utf8))
  }

  mutating func step(_ sequence: Int64, link: LedgerHash, stored: LedgerHash, body: [UInt8])
    -> [LedgerProblem]
  {
    var problems: [LedgerProblem] = []
    if sequence > expected {
      problems.append(.missing(first: expected, last: sequence - 1))
    } else if sequence < expected {
      problems.append(.outOfOrder(sequence: sequence))
    } else if link != previous {
      problems.append(.linkBroken(sequence: sequence))
    }
    if HashChain.next(sequence, after: link, body: body) != stored {
      problems.append(explain(sequence, link: link, stored: stored, body: body))
    }
    expected = sequence &+ 1
    previous = stored
    return problems
  }

  /// A record whose hash fits another position was moved there; otherwise its text was changed.
  private func explain(
    _ sequence: Int64, link: LedgerHash, stored: LedgerHash, body: [UInt8]
  ) -> LedgerProblem {
    for distance: Int64 in 1...16 {
      for origin in [sequence &- distance, sequence &+ distance] where origin > 0 {
        if HashChain.next(origin, after: link, body: body) == stored {
          return .moved(sequence: sequence, writtenAs: origin)
        }
      }
    }
    return .changed(sequence: sequence)
  }
}
