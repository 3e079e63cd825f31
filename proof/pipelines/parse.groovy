// Parses a Jenkinsfile without running it, and looks for the sections that every declarative pipeline has.
import org.codehaus.groovy.ast.builder.AstBuilder
import org.codehaus.groovy.control.CompilePhase

def nodes = new AstBuilder().buildFromString(CompilePhase.CONVERSION, true, new File(args[0]).text)
def calls = nodes[0].statements*.expression*.methodAsString
assert calls == ['pipeline']
def body = nodes[0].statements[0].expression.arguments.expressions[0].code.statements*.expression*.methodAsString
assert body.containsAll(['agent', 'stages'])
def known = ['agent', 'environment', 'libraries', 'options', 'parameters', 'post', 'stages', 'tools', 'triggers']
assert known.containsAll(body)
