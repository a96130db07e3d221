package io.github.remotebuild;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of packages: who may know whom. */
class ArchitectureTest {
  private static final String ROOT = "io.github.remotebuild";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  private static void mayKnowOnly(String subject, String... others) {
    List<String> allowed = new ArrayList<>(List.of("java..", "org.jspecify.."));
    allowed.add(ROOT + "." + subject);
    for (String other : others) {
      allowed.add(other.contains("..") ? other : ROOT + "." + other);
    }
    classes()
        .that()
        .resideInAPackage(ROOT + "." + subject)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(new String[0]))
        .check(CLASSES);
  }

  @Test
  void the_model_knows_nothing_above_it() {
    mayKnowOnly("model", "internal.json", "internal.text");
  }

  @Test
  void the_machines_file_knows_the_model_only() {
    mayKnowOnly("machines", "model");
  }

  @Test
  void the_policy_knows_the_model_only() {
    mayKnowOnly("policy", "model");
  }

  @Test
  void the_dispatcher_knows_policy_and_model_only() {
    mayKnowOnly("dispatch", "policy", "model");
  }

  @Test
  void the_claims_on_paths_know_the_model_only() {
    mayKnowOnly("internal.claims", "model");
  }

  @Test
  void leases_know_nobody() {
    mayKnowOnly("lease");
  }

  @Test
  void the_archive_knows_the_model_only() {
    mayKnowOnly("nar", "model");
  }

  @Test
  void transports_know_nobody() {
    mayKnowOnly("transport", "org.slf4j..");
  }

  @Test
  void the_wire_knows_archive_and_model() {
    mayKnowOnly("wire", "nar", "model", "internal.json", "internal.text");
  }

  @Test
  void stores_know_wire_archive_transport_and_model() {
    mayKnowOnly("store", "wire", "nar", "transport", "model", "internal.json", "internal.text");
  }

  @Test
  void json_is_known_in_one_place() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".internal.json")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml.jackson..")
        .check(CLASSES);
  }

  @Test
  void what_decides_reads_no_clock_and_starts_no_thread() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + ".model", ROOT + ".policy", ROOT + ".dispatch", ROOT + ".internal.claims")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(java.util.concurrent.Executor.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.file..", "java.net..")
        .check(CLASSES);
  }

  @Test
  void nobody_reads_the_environment() {
    noClasses()
        .should()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "getProperty", String.class)
        .check(CLASSES);
  }

  @Test
  void packages_do_not_wait_for_each_other_in_a_circle() {
    slices()
        .matching(ROOT + ".(**)")
        .should()
        .beFreeOfCycles()
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(
                    ROOT + ".model",
                    ROOT + ".policy",
                    ROOT + ".dispatch",
                    ROOT + ".nar",
                    ROOT + ".wire",
                    ROOT + ".store",
                    ROOT + ".transport",
                    ROOT + ".machines",
                    ROOT + ".lease"));
  }
}
