// jose4j from Debian: java Jose4j.java < cases
import java.util.HexFormat;
import java.util.Scanner;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;

class Jose4j {
    public static void main(String[] none) {
        for (var lines = new Scanner(System.in); lines.hasNextLine();) {
            var words = lines.nextLine().split(" ");
            var builder = new JwtConsumerBuilder().setVerificationKey(new HmacKey(HexFormat.of().parseHex(words[1])));
            if (!words[2].equals("-"))
                builder.setJwsAlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT, words[2]);
            if (!words[3].equals("-"))
                builder.setExpectedAudience(words[3]);
            try {
                System.out.println("claims " + builder.build().processToClaims(words[0]).toJson());
            } catch (InvalidJwtException error) {
                System.out.println("refused " + error.getErrorDetails());
            }
        }
    }
}
