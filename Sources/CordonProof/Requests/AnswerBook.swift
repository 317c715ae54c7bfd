import Synchronization

/// Answers that were given, by question: routes ask the same of one layer for every endpoint, and a deployment without one
/// of its controls asks almost everything again.
///
/// A question is all that it says, so two that are equal have the same answer, whoever of several workers asks first.
/// Certificates are not kept: they are for those who ask an engine themselves.
final class AnswerBook: Sendable {
  /// An answer without its certificate.
  enum Entry: Sendable {
    case none
    case some(RequestWitness)
    case unknown([Doubt])
  }

  private let answer: @Sendable (Inquiry) -> Answer
  private let entries = Mutex<[QuestionKey: Entry]>([:])

  /// The answers of `answer`.
  init(_ answer: @escaping @Sendable (Inquiry) -> Answer) { self.answer = answer }

  /// The answer to `inquiry`, which `answer` is asked for only once.
  func entry(_ inquiry: Inquiry) -> Entry {
    let key = QuestionKey(inquiry)
    if let known = entries.withLock({ $0[key] }) { return known }
    let entry = Entry(answer(inquiry))
    entries.withLock { $0[key] = entry }
    return entry
  }
}

extension AnswerBook.Entry {
  fileprivate init(_ answer: Answer) {
    switch answer {
    case .none: self = .none
    case .some(let witness): self = .some(witness)
    case .unknown(let doubts): self = .unknown(doubts)
    }
  }
}
