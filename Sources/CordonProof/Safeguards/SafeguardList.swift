/// Every safeguard, by what it is for.
enum SafeguardList {
  static let all: [Safeguard] =
    RecordedSafeguards.all + SealedSafeguards.all + KeptSafeguards.all + CorrectedSafeguards.all
    + LeastSafeguards.all + GuardedSafeguards.all
}
