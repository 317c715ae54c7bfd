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
  /// As many as a large template asks; each holds its policies.
  private let entries = Remembered<QuestionKey, Entry>(most: 8_192)

  /// The answers of `answer`.
  init(_ answer: @escaping @Sendable (Inquiry) -> Answer) { self.answer = answer }

  /// The answer to `inquiry`, which `answer` is asked for once as long as that is kept.
  func entry(_ inquiry: Inquiry) -> Entry {
    let key = QuestionKey(inquiry)
    if let known = entries[key] { return known }
    let entry = Entry(answer(inquiry))
    entries.keep(entry, for: key)
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
