import CordonPolicy
import FoundationEssentials
import Testing

@Suite struct `Policy vectors` {
  @Test(arguments: PolicyVector.topics)
  func `every question gets the decision that AWS documents`(topic: String) throws {
    let vectors = try PolicyVector.read(topic)
    #expect(vectors.count > 5)
    for vector in vectors {
      let line = try JSONValue(parsing: vector.bytes)
      let answer = try answer(to: vector)
      let name = "\(vector) \(line["id"]?.text ?? ""): \(answer.written())"
      #expect(answer["decision"]?.text == line["expect"]?.text, "\(name)")
      #expect(answer["id"] == line["id"], "\(name)")
      for member in ["layer", "sid"] where line[member] != nil {
        #expect(answer["because"]?[member]?.text == line[member]?.text, "\(name)")
      }
    }
  }

  @Test func `every bad line gets an error object of its own`() throws {
    for vector in try PolicyVector.read("bad-lines") {
      let answer = try answer(to: vector)
      let name = "\(vector): \(answer.written())"
      #expect(answer["error"]?["message"]?.text?.isEmpty == false, "\(name)")
      #expect(answer["decision"] == nil, "\(name)")
      guard let line = try? JSONValue(parsing: vector.bytes), line.members != nil else { continue }
      #expect(answer["error"]?["code"] == line["code"], "\(name)")
      #expect(answer["id"] == line["id"], "\(name)")
      if let suggestion = line["didYouMean"] {
        #expect(answer["error"]?["didYouMean"] == suggestion, "\(name)")
      }
    }
  }

  @Test func `no file of vectors is left out`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: PolicyVector.folder.path)
    #expect(Set(names) == Set((PolicyVector.topics + ["bad-lines"]).map { "\($0).jsonl" }))
  }

  private func answer(to vector: PolicyVector) throws -> JSONValue {
    try JSONValue(parsing: try #require(DecideBatch().answer(bytes: vector.bytes)))
  }
}
