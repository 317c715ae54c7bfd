import CordonAWS
import CordonModel
import Testing

@Suite struct `Several stacks` {
  @Test func `are one deployment, exports resolved across them`() throws {
    let network = """
      Resources:
        Vpc: {Type: AWS::EC2::VPC}
      Outputs:
        V: {Value: !Ref Vpc, Export: {Name: net-vpc}}
        W: {Value: !GetAtt Vpc.Arn, Export: {Name: !Sub '${AWS::Region}-arn'}}
      """
    let work = """
      Resources:
        Group:
          Type: AWS::EC2::SecurityGroup
          Properties:
            VpcId: {'Fn::ImportValue': net-vpc}
            A: !ImportValue {'Fn::Sub': '${AWS::Region}-arn'}
            B: !ImportValue elsewhere
      """
    let read = try deployment(["network.yaml": network, "work.yaml": work])
    #expect(read.resources.map(\.id.description) == ["network/Vpc", "work/Group"])
    #expect(read.property("VpcId", of: "Group", stack: "work") == "<network/Vpc>")
    #expect(read.property("A", of: "Group", stack: "work") == "<network/Vpc.Arn>")
    #expect(read.property("B", of: "Group", stack: "work") == "?import:elsewhere")
  }

  @Test func `take parameters by name, or by stack and name`() throws {
    let text = "Parameters: {P: {Type: String}}\nResources: {R: {Type: T::T::T, Properties: {P: !Ref P}}}"
    let read = try deployment(["a.yaml": text, "b.yaml": text], parameters: ["P=all", "b:P=mine"])
    #expect(read.property("P", of: "R", stack: "a") == "all")
    #expect(read.property("P", of: "R", stack: "b") == "mine")
    #expect(throws: TemplateErrors([.unknownParameter("bb:P", didYouMean: "b:P")])) {
      try deployment(["a.yaml": text, "b.yaml": text], parameters: ["P=all", "bb:P=mine"])
    }
  }

  @Test func `one that is nested unfolds where it is nested, outputs readable`() throws {
    let parent = """
      Resources:
        Net:
          Type: AWS::CloudFormation::Stack
          Properties:
            TemplateURL: !Sub 'https://s3.amazonaws.com/${AWS::AccountId}/net.yaml'
            Parameters: {Range: 10.1.0.0/16}
        Elsewhere:
          Type: AWS::CloudFormation::Stack
          Properties: {TemplateURL: https://s3.amazonaws.com/x/gone.yaml}
        R:
          Type: T::T::T
          Properties: {P: !GetAtt Net.Outputs.Vpc, Q: !GetAtt Elsewhere.Outputs.X}
      """
    let net = """
      Parameters: {Range: {Type: String}}
      Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Range}}}
      Outputs: {Vpc: {Value: !Ref Vpc}}
      """
    let read = try deployment(["main.yaml": parent, "net.yaml": net])
    #expect(read.resources.map(\.id.description) == ["Net/Vpc", "Elsewhere", "R"])
    #expect(read.property("CidrBlock", of: "Vpc", stack: "Net") == "10.1.0.0/16")
    #expect(read.property("P", of: "R") == "<Net/Vpc>")
    #expect(read.property("Q", of: "R") == "<Elsewhere.Outputs.X>")
    #expect(
      read.unknowns.map(\.unknown) == [
        CloudUnknown(.outside, "nested stack Elsewhere: https://s3.amazonaws.com/x/gone.yaml")
      ])
  }

  @Test func `one that nests itself is circular`() {
    let text = "Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: s3/t.yaml}}}"
    #expect(mistakes(text) == ["1:13: circular: t.yaml -> t.yaml"])
  }

  @Test func `no file is passed over because two have one name`() throws {
    let main = "Resources: {N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: s3/net.yaml}}}"
    let net = "Resources: {R: {Type: T::T::T}}"
    let read = try deployment(["main.yaml": main, "a/net.yaml": net, "b/net.yaml": net])
    #expect(read.resources.map(\.id.description).sorted() == ["main/N", "net-2/R", "net/R"])
    #expect(read.unknowns.map(\.unknown.cause) == [.outside])
  }

  @Test func `files that only nest each other are found circular beside another`() {
    func nests(_ file: String) -> String {
      "Resources: {N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: s3/\(file)}}}"
    }
    #expect(throws: TemplateErrors.self) {
      try deployment(["main.yaml": "Resources: {}", "a.yaml": nests("b.yaml"), "b.yaml": nests("a.yaml")])
    }
  }

  @Test func `a resource stands under a condition that nobody answers, and is gone where it is false`() throws
  {
    let text = """
      Parameters: {Open: {Type: String}}
      Conditions:
        Maybe: !Equals [!Ref Open, x]
        Both: !And [!Condition Maybe, !Equals [a, a]]
        Never: !Equals [a, b]
        AlsoNever: !And [!Condition Maybe, !Condition Never]
        Same: !Equals [!Ref Open, !Ref Open]
      Resources:
        A: {Type: T::T::T, Condition: Maybe}
        B: {Type: T::T::T, Condition: Both}
        C: {Type: T::T::T, Condition: Never}
        D: {Type: T::T::T, Condition: AlsoNever}
        E: {Type: T::T::T, Condition: Same, DependsOn: C}
      """
    let read = try deployment(text)
    #expect(read.resources.map(\.id.name) == ["A", "B", "E"])
    #expect(read.resources.map(\.condition) == ["Maybe", "Both", nil])
    #expect(try deployment(text, parameters: ["Open=x"]).resources.map(\.condition) == [nil, nil, nil])
    #expect(try deployment(text, parameters: ["Open=y"]).resources.map(\.id.name) == ["E"])
  }

  @Test func `loops are written out`() throws {
    let text = """
      Transform: AWS::LanguageExtensions
      Parameters: {Names: {Type: CommaDelimitedList, Default: "a,b"}, Open: {Type: CommaDelimitedList}}
      Resources:
        Fn::ForEach::Buckets:
          - N
          - !Ref Names
          - Bucket${N}:
              Type: AWS::S3::Bucket
              Properties: {BucketName: !Sub 'x-${N}', Key: !Ref N}
        Fn::ForEach::Never: [N, !Ref Open, {'Thing${N}': {Type: T::T::T}}]
      """
    let read = try deployment(text)
    #expect(read.resources.map(\.id.name) == ["Bucketa", "Bucketb"])
    #expect(read.property("BucketName", of: "Bucketb") == "x-b")
    #expect(read.property("Key", of: "Bucketa") == "a")
    #expect(read.unknowns.map(\.unknown) == [CloudUnknown(.function, "Fn::ForEach::Never")])
  }

  @Test func `macros are named, not carried out`() throws {
    let text =
      "Transform: [AWS::Serverless-2016-10-31, Own]\nResources: {F: {Type: AWS::Serverless::Function}}"
    let read = try deployment(text)
    #expect(read.unknowns.map(\.unknown.name) == ["Transform AWS::Serverless-2016-10-31", "Transform Own"])
    #expect(read.resources.map(\.type) == ["AWS::Serverless::Function"])
  }

  @Test func `JSON and YAML come to the same`() throws {
    let yaml =
      "Resources: {A: {Type: T::T::T, Properties: {P: !Sub 'x${B}', N: 5, T: true}}, B: {Type: T::T::T}}"
    let json = """
      {"Resources": {"A": {"Type": "T::T::T", "Properties": {"P": {"Fn::Sub": "x${B}"}, "N": 5, "T": true}},
       "B": {"Type": "T::T::T"}}}
      """
    let left = try deployment(["t.yaml": yaml]).resources.map(\.properties)
    let right = try deployment(["t.json": json]).resources
    #expect(left == right.map(\.properties))
    #expect(right[0].location == Location(file: "t.json", line: 1, column: 16))
  }

  @Test func `a secret parameter is not shown`() throws {
    let text = "Parameters: {P: {Type: String, NoEcho: true}}\nResources: {R: {Type: T::T::T}}"
    #expect(try deployment(text, parameters: ["P=s3cret"]).parameters == ["P": "****"])
  }

  @Test(arguments: ["no sign", "=x", ":K=v"])
  func `a parameter that is none is refused`(text: String) {
    #expect(throws: TemplateError.parameterText(text)) { try ParameterSetting(parsing: text) }
  }
}
