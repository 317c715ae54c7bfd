import CordonPolicy

/// What exploring a product of patterns found: most questions of one proof compare resources with the same patterns.
struct Exploration: Sendable {
  private struct Question: Hashable {
    var product: String
    var most: Int
  }

  private var texts: [String]
  private var cost: Int

  /// The most texts that are kept of one: hostile patterns have thousands.
  private static let largest = 512

  private static let earlier = Remembered<Question, Exploration>(most: 1_024)

  /// A shortest text for every set of `patterns` that some text matches, and whether these are all: not where there are
  /// `most` of them, or where the budget ended first.
  ///
  /// What was found earlier costs what finding it did; where the budget is smaller, it is looked for as far as that goes.
  static func texts(
    _ patterns: [[ShapeToken]], required: Int? = nil, most: Int, budget: inout Int
  ) -> (texts: [String], isWhole: Bool) {
    let product = PatternProduct(patterns, required: required)
    let question = Question(product: product.spelled, most: most)
    if let known = earlier[question], known.cost <= budget {
      budget -= known.cost
      return (known.texts, true)
    }
    let before = budget
    var found: [String] = []
    let isWhole = product.explore(budget: &budget) {
      found.append($0)
      return found.count < most
    }
    if isWhole, found.count <= largest {
      earlier.keep(Exploration(texts: found, cost: before - budget), for: question)
    }
    return (found, isWhole)
  }
}
