# Makes a repository of what Debian's Maven wants to compile and pack: sh maven.sh DIRECTORY
set -e
repository=$1
mkdir -p /tmp/project/src/main/java
cd /tmp/project
echo 'class Main {}' >src/main/java/Main.java
cat >pom.xml <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId>
  <artifactId>example</artifactId>
  <version>1</version>
  <properties><maven.compiler.release>17</maven.compiler.release></properties>
</project>
POM
cat >settings.xml <<SETTINGS
<settings><mirrors><mirror><id>debian</id><mirrorOf>*</mirrorOf><url>file:///usr/share/maven-repo</url></mirror></mirrors></settings>
SETTINGS

mvn --quiet --batch-mode -Dmaven.repo.local="$repository" -DskipTests -s settings.xml package >&2
find "$repository" '(' -name _remote.repositories -o -name '*.lastUpdated' ')' -delete
# A repository tells a sum of each file.
find "$repository" -type f | while read -r file; do sha1sum "$file" | cut -c1-40 >"$file.sha1"; done
